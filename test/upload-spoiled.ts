import { randomBytes } from "node:crypto";
import type { RetryEvent, UploadOptions } from "@clipcourier/core";
import { expect } from "vitest";
import type { Rule } from "./faults/script.ts";
import { download, partSize, type SpoiledService, startSpoiledService } from "./spoiled-service.ts";
import type { TestServiceOptions } from "./start-service.ts";

export const threeParts = randomBytes(2 * partSize + 12345);
export const onePart = randomBytes(1000);

interface SpoiledUpload extends UploadOptions {
  bytes?: Buffer;
  /** What the test does while the upload runs. */
  meanwhile?(spoiled: SpoiledService, retries: readonly RetryEvent[]): Promise<void>;
}

/** Uploads through the front, with the script, and gives what a test looks at. */
export async function uploadSpoiled(
  rules: Rule[],
  { bytes = threeParts, meanwhile, ...options }: SpoiledUpload = {},
  serviceOptions: TestServiceOptions = {},
) {
  const spoiled = await startSpoiledService(serviceOptions);
  const retries: RetryEvent[] = [];
  spoiled.front.script(rules);
  const client = spoiled.connect();
  const uploading = client.upload(bytes, {
    filename: "a.mp4",
    onRetry: (event) => retries.push(event),
    ...options,
  });
  const [result] = await Promise.all([uploading, meanwhile?.(spoiled, retries)]);
  const stored = await download(result.clip.videoUrl);
  expect(stored.equals(bytes), "the clip's bytes are those that were meant").toBe(true);
  const sent = spoiled.parts();
  const ends = (part: number) =>
    sent.filter((request) => request.part === part).map(({ status }) => status);
  return { ...spoiled, client, result, retries, sent, ends };
}
