import type { UploadRecord } from "./upload-record.js";

/**
 * Why a file failed, without its name, so that files that failed for one reason can be told once.
 * `undefined` where the reason lies in the file itself.
 */
export function findSharedReason({ file, error }: UploadRecord): string | undefined {
  // Each request has an id of its own, also where all of them failed for one reason.
  const message = error?.message.replaceAll(error.requestId ?? /(?!)/g, "…");
  if (message?.startsWith(`${file}: `)) return message.slice(file.length + 2);
  return message?.includes(file) ? undefined : message;
}
