import { spawn } from "node:child_process";
import { once } from "node:events";
import { open } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { UploadPhase } from "@clipcourier/core";
import { onTestFinished } from "vitest";
import { runNode } from "../run-node.ts";
import { makeFolder } from "../start-service.ts";

const uploadScript = fileURLToPath(new URL("measured-upload.ts", import.meta.url));
const serverScript = fileURLToPath(new URL("../stand-in.ts", import.meta.url));
const chunkSize = 5 * 1024 * 1024;

/**
 * Uploads a sparse file of this size from a process of its own to a server, in a process of its
 * own, that drops what it is sent.
 *
 * @param until the phase to stop at; default: none, the whole upload
 */
export async function measureUpload(
  size: number,
  until?: UploadPhase,
): Promise<{ blocked: number; memory: number }> {
  const file = join((await makeFolder()).path, "sparse.mp4");
  await using handle = await open(file, "w");
  await handle.truncate(size);
  const order = JSON.stringify({ rootUrl: await startDroppingServer(), file, until });
  const { code, stdout, stderr } = await runNode([uploadScript, order]);
  if (code !== 0) throw new Error(`the upload ended with ${code}: ${stderr}`);
  return JSON.parse(stdout);
}

async function startDroppingServer(): Promise<string> {
  const child = spawn(process.execPath, [serverScript, String(chunkSize)], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  onTestFinished(() => void child.kill("SIGKILL"));
  const [line] = await once(child.stdout, "data");
  return String(line).trim();
}
