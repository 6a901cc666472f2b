import { toPrintable } from "@clipcourier/batch";
import { type ClipComparison, type IgnoreBox, isDirectUploadError } from "@clipcourier/core";
import { type ExitCode, exitCode } from "../terminal/exit-code.js";
import { listenForInterrupt } from "../terminal/interrupt.js";
import { print, printJson, printNote } from "../terminal/output.js";
import { type ClipsFlags, connectToRead } from "./clips.js";
import { findClipId } from "./find-clip-id.js";
import { printDiff, toExitCode } from "./print-diff.js";

export interface CompareClipsFlags extends ClipsFlags {
  ignore: IgnoreBox[];
  tolerance?: number;
  failOnChange?: boolean;
  /** Milliseconds. */
  timeout?: number;
}

/** `clipcourier clips compare <new> <old>` */
export async function compareClips(
  now: string,
  old: string,
  flags: CompareClipsFlags,
): Promise<ExitCode> {
  const [newId, oldId] = [findClipId(now), findClipId(old)];
  const { ignore, tolerance, timeout } = flags;
  using interrupt = listenForInterrupt();
  const { signal } = interrupt;
  await using connection = await connectToRead(flags);
  const { client, present } = connection;
  try {
    const asked = await client.compareClips(newId, oldId, { ignore, tolerance, signal });
    const { droppedIds = [], ...known } = asked;
    const { createdOn } = known;
    const made =
      known.status === "pending"
        ? await client.waitUntilCompared(newId, oldId, { timeout, createdOn, signal })
        : known;
    if (droppedIds.length > 0) printNote(describeDropped(droppedIds));
    return tell(present(made), flags);
  } catch (error) {
    if (interrupt.exitCode !== undefined) return interrupt.exitCode;
    const isLate = isDirectUploadError(error) && error.code === "deadline";
    if (isLate && connection.embeddedFolder !== undefined) {
      // It ends with this command, and goes on with the comparison when it is started again.
      printNote("Nothing compares them until the embedded service runs again: repeat the command.");
    }
    throw error;
  }
}

function tell(comparison: ClipComparison, flags: CompareClipsFlags): ExitCode {
  const { diff, reason, url, pictureUrl } = comparison;
  if (flags.json) printJson({ comparison });
  else if (diff) {
    printDiff(diff);
    if (pictureUrl !== null) print(`picture: ${toPrintable(pictureUrl)}`);
    print(`compare: ${toPrintable(url)}`);
  }
  if (diff) return toExitCode(diff, flags);
  if (!flags.json) printNote(`Nothing was compared: ${toPrintable(reason ?? "")}`);
  return exitCode.failed;
}

function describeDropped(ids: readonly string[]): string {
  const clips = ids.map(toPrintable).join(", ");
  return `Earlier comparisons of this clip have made room for this one: with ${clips}.`;
}
