import type { Clip } from "@clipcourier/core";
import type { CancellationToken, LogOutputChannel, Uri } from "vscode";
import type { UploadedClip, UploadReport } from "../api.js";
import type { Clients } from "../services/clients.js";
import type { Service } from "../services/services.js";
import { describeError } from "../texts/describe-error.js";
import { sortSelection } from "../upload/selection.js";
import type { Uploads } from "../upload/uploads.js";
import { awaitPictures } from "./await-pictures.js";

export interface MakeClipsContext {
  uploads: Uploads;
  clients: Clients;
  log: LogOutputChannel;
  /** The active service, or one that the person connects to now. */
  requireService(): Promise<Service | undefined>;
}

export interface MakeClipsOptions {
  token: CancellationToken;
  /** Called when a video has become a clip, whose pictures may still be missing. */
  onClip(made: UploadedClip): void;
}

export interface MadeClips {
  /** `undefined` when the person connects to no service. */
  report: UploadReport | undefined;
  /** The clips by the URIs of their videos, with their pictures where those are made soon. */
  clips: ReadonlyMap<string, Clip>;
}

/** Uploads videos to the active service. Whatever fails is in the report: it never rejects. */
export async function makeClips(
  videos: readonly Uri[],
  { token, onClip }: MakeClipsOptions,
  context: MakeClipsContext,
): Promise<MadeClips> {
  let service: Service | undefined;
  try {
    service = await context.requireService();
    if (service === undefined) return { report: undefined, clips: new Map() };
    const options = { token, onClip, showSummary: false };
    const report = await context.uploads.upload(sortSelection(videos), options, service);
    return { report, clips: await complete(report, service, token, context) };
  } catch (error) {
    context.log.error(error instanceof Error ? error : String(error));
    const message = describeError(error, service?.label ?? "");
    const failures = videos.map((uri) => ({ uri, code: "refused", message }));
    return {
      report: { clips: [], failures, leftOut: [], cancelled: false },
      clips: new Map(),
    };
  }
}

async function complete(
  report: UploadReport | undefined,
  service: Service,
  token: CancellationToken,
  { clients }: MakeClipsContext,
): Promise<Map<string, Clip>> {
  const controller = new AbortController();
  const listener = token.onCancellationRequested(() => controller.abort());
  if (token.isCancellationRequested) controller.abort();
  const open = () => clients.open(service);
  try {
    const entries = (report?.clips ?? []).map(
      async ({ uri, clip }): Promise<[string, Clip]> => [
        uri.toString(),
        await awaitPictures(clip, open, controller.signal),
      ],
    );
    return new Map(await Promise.all(entries));
  } finally {
    listener.dispose();
  }
}
