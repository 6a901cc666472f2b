/**
 * Uploads a sample video, or the files given, to the embedded service on this machine, with the
 * real protocol over HTTP.
 *
 *   pnpm demo [file…] [--keep]      --keep keeps the service running, so that pages can be opened
 */
import { once } from "node:events";
import { access, mkdir, rename } from "node:fs/promises";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { DirectUploadClient, type UploadResult } from "@clipcourier/core";
import { startEmbedded } from "clipcourier";
import { makeSampleVideo } from "../test/fixtures/make-video.ts";

const mebibyte = 1024 * 1024;
const { values, positionals } = parseArgs({
  options: { keep: { type: "boolean", default: false } },
  allowPositionals: true,
});

const service = await startEmbedded({ folder: ".clipcourier" });
try {
  console.log(`The embedded service is up: ${service.clientOptions.rootUrl}`);
  await uploadFiles(positionals.length > 0 ? positionals : [await prepareSample()]);
  if (values.keep) {
    console.log("\nThe service stays up; Ctrl+C ends it.");
    await Promise.race([once(process, "SIGINT"), once(process, "SIGTERM")]);
  }
} finally {
  await service.close();
}

async function uploadFiles(files: string[]): Promise<void> {
  await using client = new DirectUploadClient(service.clientOptions);
  for await (const { source, result, error } of client.uploadAll(files)) {
    if (result !== undefined) {
      report(String(source), result);
      continue;
    }
    console.error(error.message);
    process.exitCode = 1;
  }
}

/** The sample video, made by the first run and kept for the next. */
async function prepareSample(): Promise<string> {
  const path = join(".cache", "sample.mp4");
  const isThere = await access(path).then(
    () => true,
    () => false,
  );
  if (isThere) return path;
  console.log("Making a sample video…");
  await mkdir(".cache", { recursive: true });
  // Made under another name, so that an interrupted run leaves no incomplete sample.
  const unfinished = join(".cache", "unfinished.mp4");
  await makeSampleVideo(unfinished);
  await rename(unfinished, path);
  return path;
}

function report(file: string, { clip, outcome, size, bytesSent }: UploadResult): void {
  const sent =
    outcome === "known"
      ? "known already, 0 bytes sent"
      : `${(bytesSent / mebibyte).toFixed(1)} MiB sent`;
  console.log(`
${file} (${(size / mebibyte).toFixed(1)} MiB): ${sent}
  id         ${clip.id}
  status     ${clip.status}
  page       ${clip.url}
  thumbnail  ${clip.thumbnailUrl}
  GIF        ${clip.previewGif}`);
}
