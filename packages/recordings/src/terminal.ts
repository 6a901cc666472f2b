import {
  breakCommands,
  formatCount,
  toPrintableLines,
  type UploadRecord,
} from "@clipcourier/batch";
import { describeCounts } from "@clipcourier/report";

/** A line for people. Titles of tests and answers of a service were written by others. */
export function say(text: string): void {
  process.stdout.write(`${breakCommands(toPrintableLines(text))}\n`);
}

/** A clip of a test. */
export interface ListedClip {
  record: UploadRecord;
  kind: "video" | "screenshot";
  /** Where it opens, at the failing step where one is known. */
  link: string | undefined;
  isFailed: boolean;
}

// A terminal is no place for thousands of links.
const mostListed = 50;

/** The clips with their links, those of failed attempts first. */
export function listClips(clips: readonly ListedClip[]): string {
  const linked = clips.filter(({ link }) => link !== undefined);
  const sorted = [
    ...linked.filter((each) => each.isFailed),
    ...linked.filter((each) => !each.isFailed),
  ];
  const lines = sorted
    .slice(0, mostListed)
    .map(
      ({ record, link, isFailed }) => `  ${isFailed ? "failed  " : ""}${record.file}\n    ${link}`,
    );
  const rest = sorted.length - mostListed;
  if (rest > 0) lines.push(`  … and ${rest} more: they are in the other reports of the run`);
  const counts = describeCounts(clips.map(({ record }) => record));
  const hasPhotos = clips.some(({ kind }) => kind === "screenshot");
  const what = hasPhotos ? "Recordings" : formatCount(clips.length, "video");
  return [`${what} of tests: ${counts}`, ...lines].join("\n");
}

/**
 * Says of which private clips no link was made, with the reason of the first: they open for nobody. `undefined`
 * where all have one.
 */
export function describeUnlinked(records: readonly UploadRecord[]): string | undefined {
  const unlinked = records.filter(
    ({ private: isPrivate, id, link }) => isPrivate && id !== null && link === undefined,
  );
  const [first] = unlinked;
  if (first === undefined) return undefined;
  const clips = formatCount(unlinked.length, "private clip");
  return `${clips} without a link, such as ${first.file}: ${first.notes.at(-1) ?? "the reason is not known."}`;
}
