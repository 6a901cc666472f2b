import { execFile } from "node:child_process";
import { randomBytes } from "node:crypto";
import { join } from "node:path";
import { promisify } from "node:util";
import { type Clip, isDirectUploadError } from "@clipcourier/core";
import { expect, onTestFinished, test } from "vitest";
import { connect, md5Of } from "./processes/pair.ts";
import { ServeProcess } from "./processes/serve-process.ts";
import { makeFolder } from "./start-service.ts";
import { until } from "./until.ts";

interface Uploaded {
  content: Buffer;
  clip: Clip;
}

test("a folder that is copied while clips are uploaded can be served again", async () => {
  const folder = (await makeFolder()).path;
  const [original, copy] = [join(folder, "original"), join(folder, "copy")];
  const service = await ServeProcess.start(["--folder", original]);
  onTestFinished(() => service.stop());
  const { keys } = service;
  const client = connect(service, keys);
  const uploaded: Uploaded[] = [];
  let isCopied = false;
  const lanes = Array.from({ length: 4 }, async () => {
    while (!isCopied) {
      const content = randomBytes(200_000 + uploaded.length * 1000);
      uploaded.push({ content, clip: (await client.upload(content)).clip });
    }
  });
  await until(() => uploaded.length >= 12);
  const before = uploaded.length;
  // Files come and go meanwhile: cp complains of those that went, and copies the others.
  await promisify(execFile)("cp", ["-a", original, copy]).catch(({ code, stderr }) => {
    expect(code).toBe(1);
    expect(stderr).toMatch(/No such file/);
  });
  isCopied = true;
  await Promise.all(lanes);
  expect(uploaded.length).toBeGreaterThan(before);

  const restored = await ServeProcess.start(["--folder", copy, "--no-init"]);
  onTestFinished(() => restored.stop());
  const reader = connect(restored, keys, { retry: { attempts: 1 } });
  const listed = new Set((await reader.listClips({ count: 1000 })).clips.map(({ id }) => id));
  for (const [index, { content, clip }] of uploaded.entries()) {
    const found = await reader.waitUntilAvailable(clip.id).catch((error: unknown) => {
      if (isDirectUploadError(error)) return error;
      throw error;
    });
    if (index < before) expect([found, listed.has(clip.id)]).toMatchObject([{ id: clip.id }, true]);
    else if (isDirectUploadError(found)) expect([404, undefined]).toContain(found.status);
    // Whatever the copy has of it, it can be uploaded again, and is right then.
    const again = index < before ? clip : (await reader.upload(content)).clip;
    const { videoUrl = "", status } = await reader.getClip(again.id);
    const response = await fetch(videoUrl);
    const md5 = md5Of(Buffer.from(await response.arrayBuffer()));
    expect([status, md5]).toEqual(["available", md5Of(content)]);
  }
  expect(restored.log.join("")).not.toContain('"level":50');
});
