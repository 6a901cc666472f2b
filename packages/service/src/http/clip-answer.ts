import type { WireClip, WireRun } from "@clipcourier/core/wire";
import { type Clip, isPhoto } from "../catalog/clip-state.js";
import type { Statement } from "../catalog/verified-run.js";
import type { LinkScope } from "../clips/clip-link.js";
import type { Privacy } from "../clips/privacy.js";
import { findFirst, mostStatements } from "../clips/statements.js";
import { statementsOf } from "../evidence/sign-statements.js";
import { placeholderPath } from "../watch/placeholder.js";
import { chaptersOf } from "./clip-chapters.js";
import { playableOf } from "./clip-video.js";

/** What the addresses in an answer depend on. */
export interface AddressOptions {
  /** The root of the service, with its closing slash. */
  baseUrl: URL;
  privacy: Privacy;
  /**
   * Until when the addresses of a private clip are signed, in seconds since 1970.
   *
   * @default they are not signed, so that nobody who is shown them sees the clip
   */
  expires?: number | null;
}

/** A clip as it is sent: the keys of the original protocol first, then the extensions. */
export function answerClip(clip: Clip, options: AddressOptions): WireClip {
  const page = addressOf(clip, "", "clip", options);
  const isAvailable = clip.status === "available";
  const urlOf = (exists: boolean, name: string, scope: LinkScope) =>
    isAvailable && exists ? addressOf(clip, name, scope, options) : null;
  const fileUrl = (exists: boolean, name: string) => urlOf(exists, name, "clip");
  const pictureUrl = (exists: boolean, name: string) => urlOf(exists, name, "pictures");
  const { audioCodec, isAnimated, ...facts } = clip.facts;
  const isPicture = isPhoto(clip);
  return {
    id: clip.id,
    url: page,
    preview_gif: pictureUrl(clip.hasPreview, "preview.gif"),
    thumbnail_url: pictureUrl(clip.hasThumbnail, "thumbnail.jpg"),
    status: clip.status,
    ...facts,
    size: clip.size,
    mime: clip.mime,
    filename: clip.filename,
    created_on: clip.createdOn,
    video_url: fileUrl(!isPicture, "video"),
    download_url: fileUrl(true, "download"),
    plays: isAvailable && !isPicture ? describePlays(clip) : null,
    play_url: fileUrl(!isPicture && mayPlay(clip), playableOf(clip).name),
    preview_webp: pictureUrl(clip.hasWebp, "preview.webp"),
    storyboard: fileUrl(clip.storyboard !== null, "storyboard.vtt"),
    preview_of: isAvailable ? clip.previewOf : null,
    audio_codec: audioCodec,
    thumbnail_time: clip.thumbnailTime,
    notes: isAvailable ? [...clip.notes, ...describePlayback(clip), ...describeCut(clip)] : [],
    ...describeStatements(clip, fileUrl),
    ...(isPicture && {
      asset: "photo" as const,
      photo_url: fileUrl(true, "photo"),
      animated: isAnimated ?? null,
    }),
    ...(clip.keptFor && { kept_for: "pull request" as const }),
    ...(clip.reason === null ? {} : { reason: clip.reason }),
    ...describePrivacy(clip, options),
    ...describeComparison(clip, options),
    ...(clip.chapters?.length && {
      chapters: chaptersOf(clip),
      chapters_url: fileUrl(true, "chapters.vtt"),
    }),
  };
}

/**
 * The address of a clip's page, or of a file below it. It does not expire unless it is signed, which
 * only that of a private clip is.
 *
 * @param name of the file, such as `video`; empty for the page
 */
export function addressOf(
  clip: Clip,
  name: string,
  scope: LinkScope,
  { baseUrl, privacy, expires = null }: AddressOptions,
): string {
  const { href } = new URL(`c/${clip.id}${name && `/${name}`}`, baseUrl);
  if (expires === null || !privacy.needsLink(clip, scope)) return href;
  return `${href}?${privacy.sign(clip, scope, expires)}`;
}

/**
 * Where the newest comparison is shown. It has no signature: a link to this clip does not open the other
 * one.
 */
function describeComparison(
  { id, comparisons = [] }: Clip,
  { baseUrl }: AddressOptions,
): Partial<WireClip> {
  const newest = comparisons.findLast(({ status }) => status === "ready");
  if (!newest) return {};
  return { comparison_url: new URL(`c/${id}/compare/${newest.old}`, baseUrl).href };
}

function describeStatements(
  clip: Clip,
  fileUrl: (exists: boolean, name: string) => string | null,
): Partial<WireClip> {
  const statements = statementsOf(clip);
  const first = findFirst(statements);
  return {
    verified: first !== undefined,
    ...(first && { recorded_by: answerRun(first), recorded_count: statements.length }),
    statements: fileUrl(first !== undefined, "statements.json"),
  };
}

/** A run as it is sent: keys for what its token has said, in the protocol's way of writing. */
export function answerRun(statement: Statement): WireRun {
  const { issuer, server, repository, sha, ref, workflow, event, actor, how } = statement;
  const { subject, runId, runAttempt, runUrl, pullRequest, issuedOn, recordedOn } = statement;
  return {
    ...{ issuer, subject, server, repository, sha, ref, workflow, event, actor },
    ...{ run_id: runId, run_attempt: runAttempt, run_url: runUrl, pull_request: pullRequest },
    ...{ how, issued_on: issuedOn, recorded_on: recordedOn },
  };
}

function describeCut({ statementsCut }: Clip): string[] {
  if (!statementsCut) return [];
  return [
    `Of the runs with this content, the first and the newest ${mostStatements - 1} are recorded.`,
  ];
}

function describePrivacy(
  clip: Clip,
  { baseUrl, privacy, expires = null }: AddressOptions,
): Partial<WireClip> {
  if (!privacy.isPrivate(clip)) return {};
  const hasPlaceholder = privacy.needsLink(clip, "pictures");
  return {
    private: true,
    ...(hasPlaceholder && { placeholder_url: new URL(placeholderPath, baseUrl).href }),
    ...(expires !== null && { expires_on: new Date(expires * 1000).toISOString() }),
  };
}

/** Where nothing is known about a video, a player may try it. */
function mayPlay({ playback: { kind } }: Clip): boolean {
  return kind !== "waiting" && kind !== "never";
}

function describePlays({ playback }: Clip): NonNullable<WireClip["plays"]> | null {
  switch (playback.kind) {
    case "as-is":
      return "everywhere";
    case "rendition":
      return "rendition";
    case "never":
      return "download only";
    case "waiting":
    case "unknown":
      return null;
  }
}

function describePlayback({ playback }: Clip): string[] {
  switch (playback.kind) {
    case "waiting":
      return [playback.reason, "A version that they play is being made."];
    case "rendition":
      return [playback.reason, "What plays was made of it; the download is the original."];
    case "never":
      return [playback.reason];
    case "as-is":
    case "unknown":
      return [];
  }
}
