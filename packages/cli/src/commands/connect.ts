import { stat } from "node:fs/promises";
import path from "node:path";
import { type Clip, DirectUploadClient } from "@clipcourier/core";
import { defaultFolder, serveOrigin } from "../serve/service-folder.js";
import { readSurroundings, resolveService, type ServiceFlags } from "../settings/settings.js";
import { locateStateFolder } from "../settings/state-folder.js";
import { UsageError } from "../terminal/usage-error.js";

/** The service that a command works with. */
export interface Connection extends AsyncDisposable {
  client: DirectUploadClient;
  /** The folder of the embedded service, where it is that. */
  embeddedFolder: string | undefined;
  /** The clip with the addresses that a person can open. */
  present(clip: Clip): Clip;
}

export interface ConnectOptions {
  /** Called with a line for people that is no result. */
  onNotice(text: string): void;
  /** Whether the embedded service may be started on a folder that is not there yet. */
  mayCreate: boolean;
}

/** The configured service, or the embedded one. */
export async function connect(flags: ServiceFlags, options: ConnectOptions): Promise<Connection> {
  const settings =
    flags.folder === undefined ? await resolveService(flags, readSurroundings()) : undefined;
  if (settings === undefined) return connectEmbedded(flags.folder ?? defaultFolder, options);
  const { chosenBy, ...clientOptions } = settings;
  if (chosenBy !== undefined) options.onNotice(`Using ${settings.rootUrl}, as ${chosenBy} says.`);
  const client = new DirectUploadClient({ ...clientOptions, stateFolder: locateStateFolder() });
  return {
    client,
    embeddedFolder: undefined,
    present: (clip) => clip,
    [Symbol.asyncDispose]: () => client.close(),
  };
}

async function connectEmbedded(
  folder: string,
  { onNotice, mayCreate }: ConnectOptions,
): Promise<Connection> {
  const found = await stat(folder).catch(() => undefined);
  if (found ? !found.isDirectory() : !mayCreate) {
    throw new UsageError(
      `No service is configured, and ${folder} is no folder of the embedded one. ` +
        "Set CLIPCOURIER_API_URL, or upload something first.",
    );
  }
  onNotice(`No service is configured: using the embedded one on ${path.join(folder, path.sep)}`);
  // The service is needed here alone, and takes longer to load than all the rest.
  const { startEmbedded } = await import("../serve/embedded.js");
  const embedded = await startEmbedded({ folder, onNotice });
  const client = new DirectUploadClient(embedded.clientOptions);
  const { origin } = new URL(embedded.clientOptions.rootUrl);
  return {
    client,
    embeddedFolder: folder,
    present: (clip) => moveClip(clip, origin),
    async [Symbol.asyncDispose]() {
      await client.close();
      await embedded.close();
    },
  };
}

/**
 * The port ends with this run where it is not the one of `clipcourier serve`, so the clip's
 * addresses are given as they are there.
 */
function moveClip(clip: Clip, origin: string): Clip {
  const move = (url: string) => url.replace(origin, serveOrigin);
  return {
    ...clip,
    url: move(clip.url),
    thumbnailUrl: clip.thumbnailUrl && move(clip.thumbnailUrl),
    previewGif: clip.previewGif && move(clip.previewGif),
    ...(clip.videoUrl !== undefined && { videoUrl: move(clip.videoUrl) }),
  };
}
