import { createHash } from "node:crypto";
import { mkdir, readdir, readFile, truncate, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { stopClock } from "../../../test/clock.ts";
import { answerJson } from "./http-server.js";
import { makeTemporaryFolder } from "./temporary-folder.js";
import { startUploadServer } from "./upload-server.js";

const mebibyte = 1024 * 1024;
const content = Buffer.alloc(7 * mebibyte, "a video");

/** A service that rejects an ETag which is out of date, as S3 does. */
async function startForgetful() {
  const server = await startUploadServer({
    chunkSize: mebibyte,
    answer({ kind, body, response }) {
      if (kind !== "finalize") return false;
      const rows = JSON.parse(new URLSearchParams(body.toString()).get("uploads") ?? "[]");
      const isStale = rows.some(({ ETag }: { ETag: string }) => ETag === '"stale"');
      if (!isStale) return false;
      response
        .writeHead(400)
        .end(JSON.stringify({ error: { message: "InvalidPart" }, status: 400 }));
      return true;
    },
  });
  return server;
}

test("a journal with a stale ETag is forgotten once, and every part sent again", async () => {
  await using folder = await makeTemporaryFolder();
  const server = await startForgetful();
  const state = { stateFolder: folder.path };
  const stop = new AbortController();
  const interrupted = server.connect(state).upload(content, {
    concurrency: 1,
    signal: stop.signal,
    onProgress: ({ acknowledged }) => acknowledged >= 3 * mebibyte && stop.abort(),
  });
  await expect(interrupted).rejects.toMatchObject({ code: "aborted" });
  const [name = ""] = await readdir(join(folder.path, "uploads"));
  const journal = join(folder.path, "uploads", name);
  const lines = (await readFile(journal, "utf8")).split("\n");
  const stale = lines.map((line, index) =>
    index === 1 ? '{"partNumber":1,"etag":"\\"stale\\""}' : line,
  );
  await writeFile(journal, stale.join("\n"));

  server.stored.clear();
  const { bytesSent } = await server.connect(state).upload(content);
  expect(server.stored.size).toBe(7);
  expect(bytesSent).toBeGreaterThanOrEqual(content.length);
  expect(server.finalized).toHaveLength(1);
  expect(await readdir(join(folder.path, "uploads"))).toEqual([]);
});

test("a wrong entry of the fingerprint cache is dropped, and the file hashed again", async () => {
  const clock = stopClock({ timers: false });
  await using folder = await makeTemporaryFolder();
  const path = await folder.write("a.mp4", content);
  // A file that has only just changed is not cached.
  clock.turn(60_000);
  const server = await startUploadServer({ chunkSize: mebibyte });
  const state = { stateFolder: folder.path, fingerprintCache: true };
  await server.connect(state).upload(path);
  const [name = ""] = await readdir(join(folder.path, "fingerprints"));
  const entry = join(folder.path, "fingerprints", name);
  const right = await readFile(entry, "utf8");
  const wrong = JSON.parse(right);
  const crcs = Buffer.from(wrong.crc32, "base64");
  crcs.writeUInt32LE(crcs.readUInt32LE(8) ^ 1, 8);
  await writeFile(entry, JSON.stringify({ ...wrong, crc32: crcs.toString("base64") }));

  const { checksum } = await server.connect(state).upload(path);
  expect(checksum).toBe(createHash("md5").update(content).digest("hex"));
  expect(JSON.parse(await readFile(entry, "utf8"))).toEqual(JSON.parse(right));
});

test("a failure after a wrong checksum knows nothing of that checksum's clip", async () => {
  const clock = stopClock({ timers: false });
  await using folder = await makeTemporaryFolder();
  const path = await folder.write("a.mp4", content);
  clock.turn(60_000);
  const state = { stateFolder: folder.path, fingerprintCache: true };
  await (await startUploadServer({ chunkSize: mebibyte })).connect(state).upload(path);
  const [name = ""] = await readdir(join(folder.path, "fingerprints"));
  const entry = join(folder.path, "fingerprints", name);
  const wrong = "0".repeat(32);
  await writeFile(
    entry,
    JSON.stringify({ ...JSON.parse(await readFile(entry, "utf8")), md5: wrong }),
  );

  const failed = { id: "other", url: "https://clips.example.com/other", status: "failed" };
  const server = await startUploadServer({
    answer({ kind, request, response }) {
      if (kind !== "plan") return false;
      if (request.url?.includes(wrong)) {
        const clip = { ...failed, preview_gif: null, thumbnail_url: null };
        answerJson(response, { _upload: false, data: [clip] });
      } else answerJson(response, { error: { message: "no" }, status: 403 }, 403);
      return true;
    },
  });
  const checksum = createHash("md5").update(content).digest("hex");
  const error = await server
    .connect(state)
    .upload(path)
    .catch((reason: unknown) => reason);
  expect(error).toMatchObject({ code: "forbidden", upload: { size: content.length, checksum } });
  expect(error).not.toHaveProperty("upload.clip");
  expect(server.count("plan")).toBe(2);
});

test("a file that has really changed is still reported", async () => {
  await using folder = await makeTemporaryFolder();
  const path = await folder.write("a.mp4", content);
  const server = await startUploadServer({
    chunkSize: mebibyte,
    async answer({ kind }) {
      if (kind === "plan") await truncate(path, 6 * mebibyte);
      return false;
    },
  });
  const uploading = server.connect().upload(path);
  await expect(uploading).rejects.toMatchObject({ code: "source_changed" });
  expect(server.finalized).toEqual([]);
});

test("an upload succeeds although its journal cannot be written", async () => {
  await using folder = await makeTemporaryFolder();
  const server = await startUploadServer({ chunkSize: mebibyte });
  const checksum = createHash("md5").update(content).digest("hex");
  const name = createHash("sha256").update(`${server.origin}/v2.7/ app\n${checksum}`).digest("hex");
  // A folder in its place.
  await mkdir(join(folder.path, "uploads", name.slice(0, 40)), { recursive: true });
  const { outcome } = await server.connect({ stateFolder: folder.path }).upload(content);
  expect(outcome).toBe("uploaded");
});
