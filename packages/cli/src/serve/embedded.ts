import path from "node:path";
import type { ClientOptions } from "@clipcourier/core";
import { type MediaEngine, startService } from "@clipcourier/service";
import { printNote } from "../terminal/output.js";
import { openEmbeddedApp } from "./embedded-app.js";
import { hasCode } from "./kept-file.js";
import { createPictures } from "./pictures.js";
import { prepareFolder, servePort } from "./service-folder.js";
import { createNoticeLog } from "./service-log.js";

export interface EmbeddedOptions {
  /** The folder that holds the clips. It is created when it does not exist. */
  folder: string;
  /**
   * Whether the service makes thumbnails, previews and facts of the videos.
   *
   * @default true
   */
  media?: boolean;
  /**
   * Called with warnings and errors of the service, and once with how to get pictures where there
   * are none.
   *
   * @default prints on stderr
   */
  onNotice?: (text: string) => void;
}

/** A service in this process, on loopback. */
export interface Embedded {
  /** What a `DirectUploadClient` needs to use it. */
  clientOptions: Pick<ClientOptions, "proxyEnv"> & {
    rootUrl: string;
    appId: string;
    appSecret: string;
  };
  /** What pictures are made with, or why there are none; `null` where `media` is `false`. */
  findEngine(): Promise<MediaEngine | null>;
  close(): Promise<void>;
}

/**
 * Starts the service on a folder, with an app of its own. It uses the port of `clipcourier serve`
 * when that is free, so that the addresses of its clips are the ones at which they play later. Any
 * number of processes can do this on one folder at once.
 *
 * @example
 * const embedded = await startEmbedded({ folder: ".clipcourier" });
 * const client = new DirectUploadClient(embedded.clientOptions);
 * const { clip } = await client.upload("out/intro.mp4");
 * await client.close();
 * await embedded.close();
 */
export async function startEmbedded(options: EmbeddedOptions): Promise<Embedded> {
  const { media: hasMedia = true, onNotice = printNote } = options;
  const folder = path.resolve(options.folder);
  await prepareFolder(folder);
  const keys = await openEmbeddedApp(folder);
  const logger = createNoticeLog(onNotice);
  const { service, media } = await startOnSomePort(async (port) => {
    // A service that does not start closes what it was given.
    const media = hasMedia ? createPictures(onNotice) : null;
    // It knows nothing of the configuration of the service that may run on the folder otherwise.
    const options = { folder, port, logger, media, recordRetention: false };
    return { media, service: await startService(options) };
  });
  return {
    // A proxy cannot reach a service on the loopback address of this machine.
    clientOptions: { rootUrl: service.rootUrl, ...keys, proxyEnv: {} },
    findEngine: async () => (await media?.findEngine?.()) ?? null,
    close: () => service.close(),
  };
}

async function startOnSomePort<T>(start: (port: number) => Promise<T>): Promise<T> {
  try {
    return await start(servePort);
  } catch (error) {
    if (!hasCode(error, "EADDRINUSE") && !hasCode(error, "EACCES")) throw error;
    return start(0);
  }
}
