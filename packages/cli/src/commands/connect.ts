import { stat } from "node:fs/promises";
import path from "node:path";
import { readStorageHosts, UsageError } from "@clipcourier/batch";
import {
  type Clip,
  type ClipComparison,
  type ClipLink,
  type ComparisonLink,
  DirectUploadClient,
} from "@clipcourier/core";
import { defaultFolder, serveOrigin } from "../serve/service-folder.js";
import { readSurroundings, resolveService, type ServiceFlags } from "../settings/settings.js";
import { locateUserFolder } from "../settings/user-folders.js";

type AddressName = Extract<
  keyof Clip | keyof ClipLink | keyof ClipComparison | keyof ComparisonLink,
  `${string}Url` | "url" | "previewGif" | "previewWebp"
>;

/** What has addresses of a service. */
type Addressed = { [name in AddressName]?: string | null };

/** The service that a command works with. */
export interface Connection extends AsyncDisposable {
  client: DirectUploadClient;
  /** The folder of the embedded service; `undefined` when a service is configured. */
  embeddedFolder: string | undefined;
  /** A clip, or what belongs to it, with addresses that a person can open. */
  present<T extends Addressed>(answer: T): T;
}

export interface ConnectOptions {
  /** Called with a line for people that is not a result. */
  onNotice(text: string): void;
  /** Whether the embedded service may be started on a folder that does not exist yet. */
  mayCreate: boolean;
}

/** Connects to the configured service, or starts the embedded one when none is configured. */
export async function connect(flags: ServiceFlags, options: ConnectOptions): Promise<Connection> {
  const settings =
    flags.folder === undefined ? await resolveService(flags, readSurroundings()) : undefined;
  if (settings === undefined) return connectEmbedded(flags.folder ?? defaultFolder, options);
  const { chosenBy, ...clientOptions } = settings;
  if (chosenBy !== undefined) options.onNotice(`Using ${settings.rootUrl}, as ${chosenBy} says.`);
  const client = new DirectUploadClient({
    ...clientOptions,
    allowedStorageHosts: readStorageHosts(process.env),
    stateFolder: locateUserFolder("state"),
  });
  return {
    client,
    embeddedFolder: undefined,
    present: (answer) => answer,
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
  // Loading the service takes longer than loading everything else, and only this needs it.
  const { startEmbedded } = await import("../serve/embedded.js");
  const embedded = await startEmbedded({ folder, onNotice });
  const client = new DirectUploadClient(embedded.clientOptions);
  const { origin } = new URL(embedded.clientOptions.rootUrl);
  return {
    client,
    embeddedFolder: folder,
    present: (answer) => moveAddresses(answer, origin),
    async [Symbol.asyncDispose]() {
      await client.close();
      await embedded.close();
    },
  };
}

/**
 * Gives an answer the addresses that it has while `clipcourier serve` runs. The embedded service may
 * have another port, which nobody listens on after this run.
 */
function moveAddresses<T extends Addressed>(answer: T, origin: string): T {
  const moved: Addressed = {};
  for (const name of Object.keys(addresses) as AddressName[]) {
    const url = answer[name];
    if (url) moved[name] = url.replace(origin, serveOrigin);
  }
  return { ...answer, ...moved };
}

/** The addresses that there are: one that is missing here is a type error. */
const addresses: Record<AddressName, true> = {
  ...{ url: true, thumbnailUrl: true, previewGif: true, previewWebp: true, storyboardUrl: true },
  ...{ videoUrl: true, photoUrl: true, playUrl: true, downloadUrl: true, placeholderUrl: true },
  ...{ statementsUrl: true, chaptersUrl: true, comparisonUrl: true, pictureUrl: true },
};
