import { describeRetry, type FileEnd } from "@clipcourier/batch";
import {
  type BatchProgress,
  type Clip,
  type DirectUploadClient,
  isDirectUploadError,
  type OpenedFile,
  type RetryEvent,
  type UploadOutcome,
} from "@clipcourier/core";
import { type LogOutputChannel, l10n, Uri, workspace } from "vscode";
import type { FailedVideo, UploadedClip, UploadReport } from "../api.js";
import { toMarkdown } from "../clips/clip-text.js";
import { formatBytes } from "../texts/amounts.js";
import { describeError, Refusal } from "../texts/describe-error.js";
import { giveChapters } from "./chapters.js";
import { findPlace } from "./find-place.js";
import { nameOf } from "./video-files.js";
import { openVideo, type VideoSource } from "./video-source.js";

export interface BatchOptions {
  openClient(): Promise<DirectUploadClient>;
  /** The name of the service in messages. */
  host: string;
  log: LogOutputChannel;
  signal: AbortSignal;
  /** Whether a file of a disk may be uploaded from this place, where it was opened. */
  mayBeAt?: ((uri: Uri, place: Uri) => boolean | Promise<boolean>) | undefined;
  /** Called once, before anything is read. */
  onOpened(videos: readonly VideoSource[]): void;
  onProgress(progress: BatchProgress): void;
  /** Called when a request has failed and is going to be made again. */
  onRetry(event: RetryEvent): void;
  /** Called when a video is a clip, before `onEnded`. */
  onClip?: ((made: UploadedClip) => void) | undefined;
  /** Called when a video is a clip or has failed, with its index in what was opened. */
  onEnded(video: VideoSource, index: number, end: FileEnd): void;
}

/** A clip that has no chapters although a file with some is beside its video. */
export interface MissingChapters {
  uri: Uri;
  problem: string;
}

interface BatchReport extends Omit<UploadReport, "leftOut"> {
  missingChapters: MissingChapters[];
}

/** Uploads videos and reports what became of each. It never rejects. */
export async function uploadBatch(
  uris: readonly Uri[],
  options: BatchOptions,
): Promise<BatchReport> {
  try {
    await using client = await options.openClient();
    return await sendBatch(client, uris, options);
  } catch (error) {
    const failures = uris.map((uri) => toFailure(uri, error, options));
    return { clips: [], failures, cancelled: options.signal.aborted, missingChapters: [] };
  }
}

async function sendBatch(
  client: DirectUploadClient,
  uris: readonly Uri[],
  options: BatchOptions,
): Promise<BatchReport> {
  const { signal, log } = options;
  const clips: UploadedClip[] = [];
  const failures: FailedVideo[] = [];
  const missingChapters: MissingChapters[] = [];
  const videos: VideoSource[] = [];
  for (const uri of uris) {
    const video = await openVideo(uri).catch((error: unknown) => {
      failures.push(toFailure(uri, error, options));
    });
    if (video !== undefined) videos.push(video);
  }
  options.onOpened(videos);
  const outcomes = client.uploadAll(
    videos.map(({ source }) => source),
    {
      signal,
      ...readSettings(),
      checkFile: (file) => checkPlace(file, options),
      onProgress: options.onProgress,
      onRetry: (event) => {
        log.warn(describeRetry(event));
        options.onRetry(event);
      },
    },
  );
  for await (const outcome of outcomes) {
    const video = videos[outcome.index];
    if (video === undefined || isDirectUploadError(outcome.error, "aborted")) continue;
    if (outcome.error) failures.push(toFailure(video.uri, outcome.error, options));
    else {
      const { clip } = outcome.result;
      const problem = await tryChapters(clip, video.uri, client, options);
      if (problem !== undefined) missingChapters.push({ uri: video.uri, problem });
      const made = toUploadedClip(video.uri, outcome.result, log);
      clips.push(made);
      options.onClip?.(made);
    }
    options.onEnded(video, outcome.index, outcome.error ? "failed" : "clip");
  }
  // Uploads finish in any order. What is copied has the order in which the videos were chosen.
  const order = new Map(uris.map((uri, index) => [uri, index]));
  const byOrder = (a: { uri: Uri }, b: { uri: Uri }) =>
    (order.get(a.uri) ?? 0) - (order.get(b.uri) ?? 0);
  clips.sort(byOrder);
  failures.sort(byOrder);
  return { clips, failures, cancelled: signal.aborted, missingChapters };
}

/** @returns why the clip has no chapters although there are some; what is unexpected is in the log alone */
function tryChapters(
  clip: Clip,
  video: Uri,
  client: DirectUploadClient,
  options: BatchOptions,
): Promise<string | undefined> {
  const checkFile = (file: OpenedFile) => checkPlace(file, options);
  return giveChapters(clip, video, { ...options, client, checkFile }).catch((error: unknown) => {
    options.log.warn(`No chapters for clip ${clip.id}: ${String(error)}`);
    return undefined;
  });
}

/** @throws Refusal where the file is elsewhere than it was when it was looked at */
async function checkPlace(file: OpenedFile, { mayBeAt }: BatchOptions): Promise<void> {
  if (mayBeAt === undefined) return;
  const place = await findPlace(file);
  if (place !== undefined && (await mayBeAt(Uri.file(file.path), Uri.file(place)))) return;
  throw new Refusal(l10n.t("its path leads to another file than before."));
}

function readSettings() {
  const settings = workspace.getConfiguration("clipcourier");
  const mebibytes = settings.get<number>("maxMebibytesPerSecond", 0);
  return {
    concurrency: settings.get<number>("concurrency", 4),
    thumbnailTime: settings.get<number | null>("thumbnailTime", null) ?? ("auto" as const),
    preview: settings.get<"auto" | "start" | "end">("preview", "auto"),
    verifyParts: settings.get<boolean>("verifyParts", false),
    maxBytesPerSecond: mebibytes > 0 ? mebibytes * 1024 ** 2 : undefined,
  };
}

function toUploadedClip(
  uri: Uri,
  { clip, ...result }: NonNullable<UploadOutcome["result"]>,
  log: LogOutputChannel,
): UploadedClip {
  const { outcome, checksum, size, bytesSent, bytesReused, attempts } = result;
  log.info(
    `${nameOf(uri)}: clip ${clip.id}, ${outcome}, ${formatBytes(bytesSent)} sent, ` +
      `${formatBytes(bytesReused)} reused, ${attempts} part requests, ${clip.url}`,
  );
  const markdown = toMarkdown(clip);
  return { uri, clip: { ...clip, markdown }, outcome, checksum, size, bytesSent, bytesReused };
}

function toFailure(uri: Uri, error: unknown, { host, log }: BatchOptions): FailedVideo {
  // The client hands on what the extension has refused.
  const own = isDirectUploadError(error) && error.cause instanceof Refusal ? error.cause : error;
  const code = isDirectUploadError(own) || own instanceof Refusal ? own.code : "unexpected";
  log.error(`${nameOf(uri)}: ${code}: ${own instanceof Error ? own.message : String(own)}`);
  return { uri, code, message: describeError(own, host) };
}
