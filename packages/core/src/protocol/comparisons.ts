import { DirectUploadError, isDirectUploadError } from "../errors.js";
import type { CallOptions } from "./api.js";
import type { Authorization } from "./authorization.js";
import { toSeconds } from "./links.js";
import { comparisonPath } from "./paths.js";
import type { IgnoreBox, VideoDiff } from "./video-diff.js";
import { type WireComparisonAnswer, wireComparisonAnswer } from "./wire-comparison.js";

/** `pending` while it waits or is being made; `failed` where `reason` says why there is none. */
export type ComparisonStatus = "pending" | "ready" | "failed";

/** What a service says of how a clip differs from an older one; an extension. */
export interface ClipComparison {
  oldId: string;
  newId: string;
  status: ComparisonStatus;
  /** When it was asked for, ISO 8601, UTC. */
  createdOn: string;
  /** Which parts of the picture are not compared; absent where the service does not say. */
  ignore?: IgnoreBox[];
  /** How much has to differ, as a multiple of the usual threshold; absent where the service does not say. */
  tolerance?: number;
  /** How the two differ; `null` unless it is `ready`. */
  diff: VideoDiff | null;
  /** A sentence that says why there is none; `null` unless it is `failed`. */
  reason: string | null;
  /**
   * The address of a picture of what has changed: of videos an animated GIF of the range that changed most,
   * old, new and difference; of photos a PNG. `null` where nothing has changed, and unless it is `ready`.
   */
  pictureUrl: string | null;
  /** The address of a page that plays both videos in step, or shows two photos over each other. */
  url: string;
  /** Whether the addresses here open nothing, and only those of a link that is asked for do. */
  isPrivate?: true;
  /** The address of a neutral picture, to be shown to others instead of that of private clips. */
  placeholderUrl?: string;
  /**
   * The ids of old clips whose comparisons with this clip were deleted, the oldest first, because a clip
   * can have a limited number of them. Absent where there was room.
   */
  droppedIds?: string[];
}

/** A comparison whose addresses open it: of private clips until they expire, for whoever has them. */
export interface ComparisonLink extends ClipComparison {
  /** When the addresses expire, ISO 8601, UTC; `null` where neither clip is private. */
  expiresOn: string | null;
}

/** What counts as a change. */
export interface CompareClipsOptions {
  /**
   * Parts of the picture that are not compared. A service may limit how many there are: Clipcourier's
   * takes 20.
   *
   * @default none
   */
  ignore?: readonly IgnoreBox[] | undefined;
  /**
   * How much has to differ, as a multiple of the usual threshold: 2 overlooks what is twice as faint.
   *
   * @default 1
   */
  tolerance?: number | undefined;
}

/** Options of a wait for a comparison. */
export interface ComparisonWaitOptions extends CallOptions {
  /**
   * Milliseconds to wait at most.
   *
   * @default 600_000
   */
  timeout?: number | undefined;
  /**
   * The `createdOn` of the comparison that is waited for, as `compareClips` gives it. There is one
   * comparison of two clips: when somebody has it made anew meanwhile, the wait fails.
   *
   * @default whichever there is
   */
  createdOn?: string | undefined;
}

/** The two clips of a comparison. */
export interface ClipPair {
  newId: string;
  oldId: string;
}

/** Asks for a comparison, which is made unless it is there. */
export async function requestComparison(
  authorization: Authorization,
  pair: ClipPair,
  { ignore, tolerance, ...options }: CompareClipsOptions & CallOptions,
): Promise<ClipComparison> {
  const answer = await authorization.call({
    ...options,
    what: `asking for a comparison of clip ${pair.newId} with ${pair.oldId}`,
    method: "POST",
    path: comparisonPath(pair.newId, pair.oldId),
    form: { ignore: ignore && JSON.stringify(ignore), tolerance: tolerance?.toString() },
    answer: wireComparisonAnswer,
  });
  return toComparison(answer);
}

/** The comparison as it is now. */
export async function getComparison(
  authorization: Authorization,
  pair: ClipPair,
  options: CallOptions,
): Promise<ClipComparison> {
  const answer = await authorization.call({
    ...options,
    what: `asking how clip ${pair.newId} differs from ${pair.oldId}`,
    method: "GET",
    path: comparisonPath(pair.newId, pair.oldId),
    answer: wireComparisonAnswer,
  });
  return toComparison(answer);
}

/** The comparison with addresses that open it. */
export async function requestComparisonLink(
  authorization: Authorization,
  pair: ClipPair,
  expiresIn: number | undefined,
  options: CallOptions,
): Promise<ComparisonLink> {
  const answer = await authorization.call({
    ...options,
    what: `asking for a link to the comparison of clip ${pair.newId} with ${pair.oldId}`,
    method: "POST",
    path: `${comparisonPath(pair.newId, pair.oldId)}/link`,
    form: { expires_in: toSeconds(expiresIn)?.toString() },
    answer: wireComparisonAnswer,
  });
  return { ...toComparison(answer), expiresOn: answer.data[0].expires_on ?? null };
}

/** What a refusal means where both clips are there: the service knows no comparisons. */
export function describeUnknownCall(error: DirectUploadError): DirectUploadError {
  const { status, requestId } = error;
  const message =
    "The service compares no clips: both are there, and it does not know the call. Ask whoever runs it for a newer one.";
  return new DirectUploadError("not_found", message, { status, requestId, cause: error });
}

/** Whether a failure may be one of a service that does not know the call. */
export function isUnknownCall(error: unknown): error is DirectUploadError {
  return isDirectUploadError(error) && (error.status === 404 || error.status === 405);
}

function toComparison({ data: [wire], _dropped: dropped = [] }: WireComparisonAnswer) {
  const comparison: ClipComparison = {
    oldId: wire.old_id,
    newId: wire.new_id,
    status: wire.status,
    createdOn: wire.created_on,
    ...(wire.ignore && { ignore: wire.ignore }),
    ...(wire.tolerance !== undefined && { tolerance: wire.tolerance }),
    diff: wire.diff,
    reason: wire.reason,
    pictureUrl: wire.picture_url,
    url: wire.url,
    ...(wire.private === true && { isPrivate: true }),
    ...(wire.placeholder_url != null && { placeholderUrl: wire.placeholder_url }),
    ...(dropped.length > 0 && { droppedIds: dropped }),
  };
  return comparison;
}
