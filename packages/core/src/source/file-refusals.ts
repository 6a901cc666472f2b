import type { BigIntStats } from "node:fs";
import type { FileHandle } from "node:fs/promises";
import { DirectUploadError, isDirectUploadError } from "../errors.js";
import { copyError, Secrets } from "../redact.js";
import { explainAccess } from "./access.js";
import type { OpenedFile } from "./open-source.js";

/** The error for a file that cannot be opened. */
export async function describeOpenFailure(
  path: string | Buffer,
  error: unknown,
): Promise<DirectUploadError> {
  const code = error instanceof Error && "code" in error ? String(error.code) : String(error);
  const cause = copyError(error, new Secrets());
  return describeUnreadable(path.toString(), await explainCode(path, code), cause);
}

async function explainCode(path: string | Buffer, code: string): Promise<string> {
  switch (code) {
    case "ENOENT":
      return "there is no such file. Check the path.";
    case "EACCES":
    case "EPERM":
      return `it may not be read. ${await explainAccess(path)}`;
    case "EISDIR":
      return describeKind("folder");
    case "ENXIO":
      // Only a socket cannot be opened at all.
      return describeKind("socket");
    case "EMFILE":
    case "ENFILE":
      return `too many files are open (${code}). Raise the limit with ulimit -n.`;
    default:
      return `it cannot be opened (${code}).`;
  }
}

/** Throws `source_unreadable` for what is not a regular file. */
export function refuseOtherKinds(path: string, stat: BigIntStats): void {
  if (stat.isFile()) return;
  const kind = stat.isDirectory() ? "folder" : stat.isFIFO() ? "named pipe" : "device";
  throw describeUnreadable(path, describeKind(kind));
}

function describeKind(kind: string): string {
  return `it is not a file but a ${kind}. Give the path of a video.`;
}

const pointerStart = Buffer.from("version https://git-lfs.github.com/spec/");
// Bytes; Git LFS makes no larger ones.
const largestPointer = 1024;

/** Throws `source_unreadable` for what Git LFS puts in the place of a file that it has not fetched. */
export async function refusePointer(path: string, file: FileHandle, size: number): Promise<void> {
  if (size > largestPointer) return;
  const start = Buffer.alloc(pointerStart.length);
  const { buffer, bytesRead } = await explainReading(path, file.read(start, { position: 0 }));
  if (!buffer.subarray(0, bytesRead).equals(pointerStart)) return;
  throw describeUnreadable(
    path,
    "it is not the video but a pointer of Git LFS. Fetch the file with git lfs pull; " +
      "actions/checkout does it with lfs: true.",
  );
}

/** The error for an open file of which the system could not read something. */
export function describeReadFailure(label: string, reason: string): DirectUploadError {
  return new DirectUploadError("source_unreadable", `${label} could not be read: ${reason}.`);
}

/** What was read of an open file. A disk that fails (EIO, ESTALE) is told with the file. */
export async function explainReading<T>(label: string, reading: Promise<T>): Promise<T> {
  try {
    return await reading;
  } catch (error) {
    if (isDirectUploadError(error)) throw error;
    throw describeReadFailure(label, error instanceof Error ? error.message : String(error));
  }
}

/** Lets the caller refuse a file, with a reason of theirs. */
export async function applyCheck(
  check: (file: OpenedFile) => void | Promise<void>,
  file: OpenedFile,
): Promise<void> {
  try {
    await check(file);
  } catch (error) {
    if (isDirectUploadError(error)) throw error;
    const reason = error instanceof Error ? error.message : String(error);
    throw describeUnreadable(file.path, reason, error);
  }
}

function describeUnreadable(path: string, reason: string, cause?: unknown): DirectUploadError {
  return new DirectUploadError("source_unreadable", `${path} was not uploaded: ${reason}`, {
    cause,
  });
}
