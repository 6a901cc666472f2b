import { execFile } from "node:child_process";
import { randomBytes } from "node:crypto";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { expect, test } from "vitest";
import { makeFolder, startTestService } from "./start-service.ts";

const run = promisify(execFile);
const script = fileURLToPath(new URL("curl-upload.sh", import.meta.url));

test("a client of curl and a shell, for the documented protocol alone, uploads three parts", async () => {
  const { rootUrl, appId, appSecret, connect, settled } = await startTestService();
  const folder = await makeFolder();
  const bytes = randomBytes(11 * 1024 * 1024);
  const path = await folder.write("with curl.mp4", bytes);
  const { stdout } = await run("sh", [script, rootUrl, appId, appSecret, path]);
  const answer: { _count: number; data: { id: string; status: string }[] } = JSON.parse(stdout);
  expect(answer).toMatchObject({ _count: 1, data: [{ status: "pending" }] });
  await settled();
  const clip = await connect().getClip(answer.data[0]?.id ?? "");
  expect(clip).toMatchObject({
    status: "available",
    filename: "with curl.mp4",
    size: bytes.length,
  });
});
