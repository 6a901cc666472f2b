import { nameRequest } from "@clipcourier/core";
import type { UploadRecord } from "./upload-record.js";

/**
 * Why a file failed, without its name, so that files that failed for one reason can be told once.
 * `undefined` where the reason lies in the file itself.
 */
export function findSharedReason({ file, error }: UploadRecord): string | undefined {
  const message = error ? hideRequest(error) : undefined;
  if (message?.startsWith(`${file}: `)) return message.slice(file.length + 2);
  return message?.includes(file) ? undefined : message;
}

/**
 * Each request has an id of its own, also where all of them failed for one reason. It is hidden only
 * where it is named as one: who answers may choose an id such as `e`.
 */
function hideRequest({ message, requestId }: NonNullable<UploadRecord["error"]>): string {
  return requestId === undefined
    ? message
    : message.replaceAll(nameRequest(requestId), nameRequest("…"));
}
