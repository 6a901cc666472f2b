import type { AccountLimits } from "../src/index.js";
import type { StartOptions } from "../src/start-service.js";
import { answering, readyResult } from "./fake-media.js";
import { signIn, startTestService } from "./start-test-service.js";
import { first, UploadClient } from "./upload-client.js";

/** A service whose accounts are private, with a client of one. */
export async function startPrivate(
  options: Partial<StartOptions> = {},
  accountLimits: AccountLimits = { private: true },
) {
  const service = await startTestService({
    // On a bucket, too, the service sends the bytes: what an engine answers is its own matter.
    ...{ media: answering(readyResult()), streamVideos: true, accountLimits },
    ...options,
  });
  const client = new UploadClient(service, await signIn(service));
  return { service, client };
}

/** Asks for a link. */
export async function linkTo(client: UploadClient, id: string, expiresIn?: number) {
  const body = new URLSearchParams(
    expiresIn === undefined ? {} : { expires_in: String(expiresIn) },
  );
  return first(await client.call(`me/videoclips/${id}/link`, { method: "POST", body }));
}

/** All that there is of a clip below its address; an empty name is the page. */
export const pictureNames = ["thumbnail.jpg", "preview.gif", "preview.webp"];
export const fileNames = [
  ...["video", "video.mp4", "video.webm", "download", "storyboard.vtt", "storyboard.jpg"],
  "statements.json",
  "chapters.vtt",
  ...pictureNames,
];
/** Endings of the page's own address: the clip for programs that read. */
const endings = [".json", ".md"];
export const allNames = ["", ...endings, "embed", ...fileNames];

/** The address of a file of a clip, with the query of a link. */
export function addressBelow(link: string, name: string): string {
  const url = new URL(link);
  if (name !== "") url.pathname += endings.includes(name) ? name : `/${name}`;
  return url.href;
}
