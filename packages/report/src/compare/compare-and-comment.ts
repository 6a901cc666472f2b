import { formatCount, type UploadRecord } from "@clipcourier/batch";
import { type DirectUploadClient, isDirectUploadError } from "@clipcourier/core";
import type { CommentContent } from "../comment/body.js";
import { addBase } from "../comment/choose-before.js";
import type { CommentTarget } from "../comment/forge.js";
import { isBehind } from "../comment/order.js";
import type { KeptClip } from "../comment/state.js";
import {
  type CommentOutcome,
  type EarlierComments,
  readEarlier,
  type WriteCommentOptions,
  writeComment,
} from "../comment/write-comment.js";
import type { ForgeLimit } from "../forges/forge-limit.js";
import { nameRecord } from "../gallery.js";
import {
  type ComparedClips,
  type CompareOptions,
  type ComparingClient,
  compareClips,
} from "./compare-clips.js";
import { type BaseCommit, findBaseClips } from "./find-base.js";

// A job waits, and its minutes cost money. The service goes on, and the page says it later.
const mostTime = 2 * 60_000;
const mostTimeForBase = 30_000;

/** How the clips of a comment are compared with those that their names had before. */
export interface CommentComparison extends Omit<CompareOptions, "timeout"> {
  client: ComparingClient & Pick<DirectUploadClient, "listRecordings">;
  /** Whether clips are compared with those of the base, and not with the last commit's. */
  fromBase: boolean;
  /** The commit that the pull request is based on; `undefined` where it is not known. */
  base: BaseCommit | undefined;
  /** The time of the forge, in which the comparisons do not count. */
  limit: ForgeLimit;
  /** Takes a line for the log. */
  onLine(text: string): void;
  /** Called with what has changed before the comment is written, which may fail. */
  onCompared(compared: ComparedClips): void;
}

/**
 * Writes the comment as `writeComment` does, after the clips were compared with those that it has shown
 * before, or with those of the base. That waits up to 30 seconds for the base and
 * 2 minutes for the comparisons. What the service cannot do is a line of the log, and never an error.
 *
 * @throws ForgeError when the forge does not do what is asked
 */
export async function compareAndComment(
  target: CommentTarget,
  content: CommentContent,
  options: Omit<WriteCommentOptions, "earlier">,
  comparison: CommentComparison,
): Promise<CommentOutcome> {
  const wanted = { ...content, fromBase: comparison.fromBase };
  // Also without clips: the comment keeps those that the next ones are compared with.
  if (content.records.length === 0) return writeComment(target, wanted, options);
  const earlier = await readEarlier(target, wanted);
  const { base, compared } = await comparison.limit.pauseFor(() =>
    compareWithEarlier(wanted, earlier, comparison),
  );
  comparison.onCompared(compared);
  const { changes, problems } = compared;
  // While the service was asked, others may have written.
  const isRecent = base === undefined && changes.length === 0 && problems.length === 0;
  const known = isRecent ? earlier : undefined;
  return writeComment(target, { ...wanted, base, changes }, { ...options, earlier: known });
}

/** `base` is `undefined` where the service was not asked for the clips of the base. */
async function compareWithEarlier(
  content: CommentContent,
  earlier: EarlierComments,
  comparison: CommentComparison,
): Promise<{ base: KeptClip[] | undefined; compared: ComparedClips }> {
  const { records } = content;
  const { client, fromBase, signal, tolerance, ignore, linksFor, onLine } = comparison;
  const isKnown = records.every((record) => earlier.clips.has(nameRecord(record)));
  const isAsked = !isBehind(content, earlier.head) && (fromBase || !isKnown);
  const asked =
    isAsked && comparison.base ? await findBase(comparison, content, comparison.base) : undefined;
  const base = asked?.clips;
  const before = addBase([...earlier.clips.values()], base ?? [], fromBase);
  const byName = new Map(before.map((clip) => [clip.name, clip]));
  const options = { signal, timeout: mostTime, tolerance, ignore, linksFor };
  const compared = await compareClips(client, records, byName, options);
  for (const { file, summary, url } of compared.changes) {
    onLine(`Compared: ${file}: ${summary} ${url}`);
  }
  const told = [...(asked?.problems ?? []), ...compared.problems];
  const isForgotten = (record: UploadRecord) =>
    earlier.isIncomplete && !byName.has(nameRecord(record));
  const problems = fromBase ? [...told, ...describeUncompared(records, isForgotten)] : told;
  for (const problem of problems) onLine(problem);
  // Where the last commit is compared with, the clips of the base only add to its own.
  return { base, compared: fromBase ? { ...compared, problems } : compared };
}

/** What is not known of files for which there are no two clips. */
function describeUncompared(
  records: readonly UploadRecord[],
  isForgotten: (record: UploadRecord) => boolean,
): string[] {
  const isFailed = ({ id, error }: UploadRecord) => id === null || error !== null;
  const failed = records.filter(isFailed).length;
  const forgotten = records.filter((record) => !isFailed(record) && isForgotten(record)).length;
  const problems: string[] = [];
  if (failed > 0) {
    const verb = failed === 1 ? "has" : "have";
    problems.push(
      `${formatCount(failed, "file")} ${verb} no clip to compare: see why the upload failed or was stopped.`,
    );
  }
  if (forgotten > 0) {
    problems.push(
      `${formatCount(forgotten, "clip")} may have changed: the comment had no room for all earlier ones. Spread them over comments of several keys.`,
    );
  }
  return problems;
}

interface AskedBase {
  clips: KeptClip[];
  /** Why they are not known, where the service has failed. */
  problems: string[];
}

/** The clips of the base; none where that cannot be found out. */
async function findBase(
  { client, signal }: CommentComparison,
  { records, run }: CommentContent,
  base: BaseCommit,
): Promise<AskedBase> {
  const late = AbortSignal.timeout(mostTimeForBase);
  try {
    const clips = await findBaseClips(client, records, base, {
      ...{ signal: AbortSignal.any([signal, late]), pipeline: run?.pipeline },
    });
    return { clips, problems: [] };
  } catch (error) {
    if (!isDirectUploadError(error)) throw error;
    const reason = late.aborted ? "the service did not answer in time." : error.message;
    // A service without keyless uploads may know no runs.
    if (error.code === "not_found") return { clips: [], problems: [] };
    return { clips: [], problems: [`The clips of the base are unknown: ${reason}`] };
  }
}
