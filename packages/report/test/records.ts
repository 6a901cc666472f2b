import type { UploadRecord } from "@clipcourier/batch";

/** The record of a file that is a clip. */
export function makeRecord(file: string, id: string): UploadRecord {
  const url = `https://clips.example.com/c/${id}`;
  return {
    ...{ file, outcome: "uploaded", id, url, thumbnail: null, preview: null, status: "available" },
    ...{ plays: "everywhere", notes: [], size: 1, md5: "0".repeat(32), duration: 1, width: 1 },
    ...{ height: 1, bytesSent: 1, bytesReused: 0, attempts: 1, milliseconds: 1, error: null },
  };
}
