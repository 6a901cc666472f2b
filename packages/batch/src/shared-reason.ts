import type { UploadRecord } from "./upload-record.js";

/**
 * Why a file failed, without its name, so that files that failed for one reason can be told once.
 * `undefined` where the reason lies in the file itself.
 */
export function findSharedReason({ file, error }: UploadRecord): string | undefined {
  const message = error?.message;
  if (message?.startsWith(`${file}: `)) return message.slice(file.length + 2);
  return message?.includes(file) ? undefined : message;
}
