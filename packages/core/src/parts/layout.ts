import { DirectUploadError } from "../errors.js";
import type { StorageHosts } from "../http/storage-hosts.js";
import type { NewUpload } from "../protocol/answers.js";

/** A part: which bytes go to which URL. */
export interface Part {
  /** From 1. */
  partNumber: number;
  /** The first byte's place in the content. */
  start: number;
  /** Bytes. */
  length: number;
  url: string;
}

/**
 * Lays the content out in parts as the plan says, and checks that the plan is one that can be
 * carried out, before a byte is sent.
 */
export function layOutParts(
  size: number,
  { chunkSize, urls }: NewUpload,
  hosts: StorageHosts,
): Part[] {
  const count = Math.ceil(size / chunkSize);
  if (urls.length !== count) {
    throw describeBadPlan(
      `urls has ${urls.length} part URLs, but ${size} bytes in parts of chunk_size ${chunkSize} need ${count}`,
    );
  }
  const byNumber = new Map(urls.map(({ partNumber, url }) => [partNumber, url]));
  return Array.from({ length: count }, (_, index) => {
    const url = byNumber.get(index + 1);
    if (url === undefined) throw describeBadPlan(`urls has no URL for PartNumber ${index + 1}`);
    const parsed = URL.parse(url);
    if (!parsed || !/^https?:$/.test(parsed.protocol)) {
      throw describeBadPlan(`urls[${index}].url is not an http or https URL`);
    }
    const problem = hosts.refuse(parsed);
    if (problem !== null) throw describeBadPlan(`urls[${index}].url: ${problem}`);
    const start = index * chunkSize;
    return { partNumber: index + 1, start, length: Math.min(chunkSize, size - start), url };
  });
}

function describeBadPlan(problem: string): DirectUploadError {
  return new DirectUploadError(
    "bad_answer",
    `The service gave a plan that cannot be carried out: ${problem}. Nothing was sent.`,
  );
}
