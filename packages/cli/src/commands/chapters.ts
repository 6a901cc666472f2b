import { readFile, stat } from "node:fs/promises";
import { type FoundFile, toPrintable, UsageError } from "@clipcourier/batch";
import { type Chapter, parseChapters } from "@clipcourier/core";

// Bytes: many times what the most and longest chapters take.
const mostBytes = 1024 * 1024;

/**
 * The chapters of a WebVTT file, for the one video that they belong to.
 *
 * @throws UsageError for several videos, and that names the file which cannot be read
 */
export async function readChapters(
  path: string | undefined,
  videos: readonly FoundFile[],
): Promise<Chapter[] | undefined> {
  if (path === undefined) return undefined;
  if (videos.length > 1) {
    throw new UsageError(
      `--chapters belongs to one video, and ${videos.length} were found. Upload it by itself. Nothing was uploaded.`,
    );
  }
  try {
    const { size } = await stat(path);
    if (size > mostBytes) throw new UsageError(`it has over ${mostBytes} bytes`);
    return parseChapters(await readFile(path, "utf8"));
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    const sentence = toPrintable(`${path}: ${reason.replace(/\.?$/, ".")}`);
    throw new UsageError(`${sentence} Nothing was uploaded.`);
  }
}
