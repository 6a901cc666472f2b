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

export interface MeasuredUpload {
  /** The phase to stop at. Default: none, the whole upload. */
  until?: UploadPhase;
  /** Bytes of a part. Default: 5 MiB. */
  chunkSize?: number;
  /** How many files there are, uploaded as a batch. Default: 1. */
  count?: number;
}

/**
 * Uploads sparse files of this size from a process of its own to a server, in a process of its
 * own, that drops what it is sent.
 */
export async function measureUpload(
  size: number,
  { until, chunkSize = 5 * 1024 * 1024, count = 1 }: MeasuredUpload = {},
): Promise<{ blocked: number; memory: number }> {
  const folder = await makeFolder();
  const files = Array.from({ length: count }, (_, index) => join(folder.path, `${index}.mp4`));
  for (const [index, file] of files.entries()) {
    await using handle = await open(file, "w");
    // Equal content would be sent once.
    await handle.truncate(size + index);
  }
  const order = JSON.stringify({ rootUrl: await startDroppingServer(chunkSize), files, until });
  const { code, stdout, stderr } = await runNode([uploadScript, order]);
  if (code !== 0) throw new Error(`the upload ended with ${code}: ${stderr}`);
  return JSON.parse(stdout);
}

async function startDroppingServer(chunkSize: number): Promise<string> {
  const child = spawn(process.execPath, [serverScript, String(chunkSize)], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  onTestFinished(() => void child.kill("SIGKILL"));
  const [line] = await once(child.stdout, "data");
  return String(line).trim();
}
