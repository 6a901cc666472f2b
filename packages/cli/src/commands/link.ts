import { toClipRecord, toPrintable } from "@clipcourier/batch";
import type { ClipLink } from "@clipcourier/core";
import { type ExitCode, exitCode } from "../terminal/exit-code.js";
import { print, printJson, printNote } from "../terminal/output.js";
import { type ClipsFlags, connectToRead } from "./clips.js";
import { findClipId } from "./find-clip-id.js";

export interface LinkFlags extends ClipsFlags {
  /** Milliseconds. */
  expires?: number;
}

/** `clipcourier link <clip>` */
export async function linkClip(clip: string, flags: LinkFlags): Promise<ExitCode> {
  const id = findClipId(clip);
  await using connection = await connectToRead(flags);
  const made = await connection.client.createLink(id, { expiresIn: flags.expires });
  const link = connection.present(made);
  if (flags.json) printJson({ clips: [toLinkRecord(link)] });
  else {
    print(toPrintable(link.url));
    printNote(describeLink(link));
  }
  return exitCode.done;
}

/** The addresses that open the clip, and when they end. */
function toLinkRecord(link: ClipLink) {
  const { videoUrl = null, downloadUrl = null, expiresOn } = link;
  return { ...toClipRecord(link), video: videoUrl, download: downloadUrl, expiresOn };
}

function describeLink({ isPrivate, expiresOn }: ClipLink): string {
  if (!isPrivate) return "The clip is not private: everybody who has this link can open it.";
  const end = expiresOn === null ? "" : ` until ${expiresOn.slice(0, 16).replace("T", " ")} UTC`;
  return `Whoever has this link can open the private clip${end}.`;
}
