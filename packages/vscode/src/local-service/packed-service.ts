/**
 * The service of *Try It Locally* that comes with the extension, as a process of its own. It takes the two
 * options of `clipcourier serve` that the extension gives:
 *
 *   node local-service/serve.js serve --folder <folder> --ready-file <file>
 *
 * It runs until it is told to end. Clips are kept in the folder as `clipcourier serve` keeps them, so either
 * goes on with what the other has.
 */
import { once } from "node:events";
import { renameSync, writeFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { startEmbedded } from "clipcourier";
import type { ReadyFile } from "./ready-file.js";

const withoutPictures =
  "Clips get no pictures: there is no FFmpeg that can be used. Install FFmpeg 5.1 or newer, and start the service again.";

const ending = new AbortController();
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
  // A second signal ends it at once.
  process.once(signal, () => ending.abort());
}
try {
  await serve();
} catch (error) {
  process.stderr.write(`clipcourier: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}

async function serve(): Promise<void> {
  const { folder, readyFile } = readArguments();
  const service = await startEmbedded({ folder });
  try {
    const { rootUrl, appId, appSecret } = service.clientOptions;
    const engine = await service.findEngine();
    const missing = engine && "missing" in engine ? engine.missing : undefined;
    const origin = new URL("..", rootUrl).href;
    process.stdout.write(`Clipcourier is up at ${origin} and keeps everything in ${folder}\n`);
    if (missing !== undefined) process.stdout.write(`${withoutPictures}\n`);
    writeReadyFile(readyFile, { rootUrl, appId, appSecret, ...(missing && { missing }) });
    if (!ending.signal.aborted) await once(ending.signal, "abort");
  } finally {
    await service.close();
  }
}

function readArguments(): { folder: string; readyFile: string } {
  const options = { folder: { type: "string" }, "ready-file": { type: "string" } } as const;
  const { values } = parseArgs({ options, allowPositionals: true });
  const { folder, "ready-file": readyFile } = values;
  if (!folder || !readyFile) throw new Error("--folder and --ready-file are needed.");
  return { folder, readyFile };
}

/** In one step, because the extension waits for it. Only the owner can read it: it has a secret. */
function writeReadyFile(file: string, content: ReadyFile): void {
  writeFileSync(`${file}.tmp`, JSON.stringify(content), { mode: 0o600 });
  renameSync(`${file}.tmp`, file);
}
