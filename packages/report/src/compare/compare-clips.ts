import type { UploadRecord } from "@clipcourier/batch";
import {
  type ClipComparison,
  type CompareClipsOptions,
  type DirectUploadClient,
  isDirectUploadError,
} from "@clipcourier/core";
import { isSameContent, type KeptClip } from "../comment/state.js";
import { nameRecord } from "../gallery.js";
import { type ClipChange, toClipChange } from "./clip-change.js";

export type ComparingClient = Pick<
  DirectUploadClient,
  "compareClips" | "waitUntilCompared" | "createComparisonLink"
>;

// A comparison reads both videos whole, so a batch of hundreds would keep the service from other work.
const mostCompared = 20;

export interface CompareOptions extends CompareClipsOptions {
  signal: AbortSignal;
  /** Milliseconds to wait for all comparisons together. */
  timeout: number;
  /** Milliseconds for which links open the comparisons of private clips; `undefined` for no links. */
  linksFor?: number | undefined;
}

/** What became of comparisons. */
export interface ComparedClips {
  changes: ClipChange[];
  /** Sentences that say what is not compared, and why. */
  problems: string[];
}

/**
 * What is known of changes where a run is of a pull request, and nobody knows of which.
 *
 * @param reason why it was not found, without a full stop
 */
export function compareWithoutPull(reason: string): ComparedClips {
  return { changes: [], problems: [`No pull request was found: ${reason}.`] };
}

/**
 * Compares each video with the clip that its name had before, where its content is another. The service
 * goes on with those that take longer than the time that there is: they are told as such. What fails is a
 * sentence.
 *
 * @param before the clips that the names had before, as `readEarlier` gives them
 */
export async function compareClips(
  client: ComparingClient,
  records: readonly UploadRecord[],
  before: ReadonlyMap<string, KeptClip>,
  { signal, timeout, linksFor, ...wishes }: CompareOptions,
): Promise<ComparedClips> {
  const pairs = records.flatMap((record) => findPair(record, before) ?? []);
  const end = Date.now() + timeout;
  const work: Work = { client, wishes, signal, end, linksFor, problems: [], isRefused: false };
  const asked: Asked[] = [];
  for (const pair of pairs.slice(0, mostCompared)) {
    asked.push(...(await ask(work, pair)));
    if (work.isRefused) break;
  }
  const changes: ClipChange[] = [];
  for (const each of asked) {
    const settled = await settle(work, each);
    const change = toClipChange(settled.file, settled.comparison);
    changes.push(settled.comparison.isPrivate ? await addLink(work, change) : change);
  }
  const rest = work.isRefused ? 0 : pairs.length - mostCompared;
  const { problems } = work;
  if (rest > 0) problems.push(`${rest} more are not compared: one run compares ${mostCompared}.`);
  return { changes, problems };
}

interface Work {
  client: ComparingClient;
  wishes: CompareClipsOptions;
  signal: AbortSignal;
  /** Milliseconds since 1970. */
  end: number;
  linksFor: number | undefined;
  problems: string[];
  /** Whether the service lets nobody in with these keys, so that asking on is of no use. */
  isRefused: boolean;
}

type Pair = Pick<ClipChange, "file" | "newId" | "oldId">;

/** A comparison as it was told last. */
interface Asked {
  file: string;
  comparison: ClipComparison;
}

/** Empty where it cannot be asked for. */
async function ask(work: Work, { file, newId, oldId }: Pair): Promise<Asked[]> {
  const { client, wishes, signal: stop, end, problems } = work;
  if (stop.aborted) return [];
  const late = AbortSignal.timeout(left(end));
  try {
    const signal = AbortSignal.any([stop, late]);
    return [{ file, comparison: await client.compareClips(newId, oldId, { ...wishes, signal }) }];
  } catch (error) {
    work.isRefused = isDirectUploadError(error) && error.code === "unauthorized";
    const what = work.isRefused ? "The clips are" : `${file} is`;
    problems.push(`${what} not compared: ${describeFailure(error, stop, late)}`);
    return [];
  }
}

/** The comparison once it is known, or as it is when there is no time any more. */
async function settle({ client, signal: stop, end, problems }: Work, asked: Asked): Promise<Asked> {
  const { file, comparison } = asked;
  const { newId, oldId, status, createdOn } = comparison;
  if (status !== "pending" || stop.aborted) return asked;
  const timeout = left(end);
  // The wait counts its time between requests, and a request is tried again for minutes in an outage.
  const late = AbortSignal.timeout(timeout);
  try {
    const options = { timeout, createdOn, signal: AbortSignal.any([stop, late]) };
    return { file, comparison: await client.waitUntilCompared(newId, oldId, options) };
  } catch (error) {
    if (!isDirectUploadError(error)) throw error;
    const isLate = error.code === "deadline" || (late.aborted && !stop.aborted);
    if (!isLate) problems.push(`${file}: ${error.message}`);
    return asked;
  }
}

/** The change with a link that opens both clips, where links are asked for. The picture stays what it is. */
async function addLink(
  { client, signal: stop, end, linksFor: expiresIn, problems }: Work,
  change: ClipChange,
): Promise<ClipChange> {
  if (expiresIn === undefined || stop.aborted) return change;
  const { file, newId, oldId } = change;
  const late = AbortSignal.timeout(left(end));
  try {
    const signal = AbortSignal.any([stop, late]);
    const made = await client.createComparisonLink(newId, oldId, { expiresIn, signal });
    const { url: link, expiresOn } = made;
    return { ...change, link, ...(expiresOn !== null && { linkExpires: expiresOn }) };
  } catch (error) {
    const reason = describeFailure(error, stop, late);
    problems.push(`There is no link to the comparison of ${file}: ${reason}`);
    return change;
  }
}

/** A sentence. What has ended because of the time is not told as stopped by somebody. */
function describeFailure(error: unknown, stop: AbortSignal, late: AbortSignal): string {
  if (!isDirectUploadError(error)) throw error;
  if (late.aborted && !stop.aborted) return "The service did not answer in time.";
  return error.message;
}

/** Milliseconds; a comparison that is there already is asked for even when there is no time any more. */
function left(end: number): number {
  return Math.max(1_000, end - Date.now());
}

function findPair(record: UploadRecord, before: ReadonlyMap<string, KeptClip>): Pair | undefined {
  const file = nameRecord(record);
  const { id: newId, error } = record;
  const kept = before.get(file);
  if (newId === null || error !== null || kept?.id === undefined) return undefined;
  // What has the same bytes needs no comparison.
  return isSameContent(kept, record) ? undefined : { file, newId, oldId: kept.id };
}
