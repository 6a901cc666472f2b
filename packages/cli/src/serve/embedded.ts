import path from "node:path";
import type { ClientOptions } from "@clipcourier/core";
import { type RunningService, startService } from "@clipcourier/service";
import { printNote } from "../terminal/output.js";
import { openEmbeddedApp } from "./embedded-app.js";
import { hasCode } from "./kept-file.js";
import { createPictures } from "./pictures.js";
import { prepareFolder, servePort } from "./service-folder.js";
import { createNoticeLog } from "./service-log.js";

export interface EmbeddedOptions {
  /** Holds the clips. Made when it is not there. */
  folder: string;
  /** Whether files are looked into, for pictures and facts. Default `true`. */
  media?: boolean;
  /** Told what goes wrong, and how to get pictures. Default: prints it on stderr. */
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
  close(): Promise<void>;
}

/**
 * Starts the service on a folder, with an app of its own. It takes the port of `clipcourier serve`
 * where that is free, so that the addresses of its clips are those under which they play later.
 * Any number of processes can do this on one folder at once.
 */
export async function startEmbedded(options: EmbeddedOptions): Promise<Embedded> {
  const { media: hasMedia = true, onNotice = printNote } = options;
  const folder = path.resolve(options.folder);
  await prepareFolder(folder);
  const keys = await openEmbeddedApp(folder);
  const logger = createNoticeLog(onNotice);
  const service = await startOnSomePort((port) => {
    const media = hasMedia ? createPictures(onNotice) : null;
    return startService({ folder, port, logger, media });
  });
  return {
    // A proxy has no way to a service on this machine's loopback.
    clientOptions: { rootUrl: service.rootUrl, ...keys, proxyEnv: {} },
    close: () => service.close(),
  };
}

async function startOnSomePort(
  start: (port: number) => Promise<RunningService>,
): Promise<RunningService> {
  try {
    return await start(servePort);
  } catch (error) {
    if (!hasCode(error, "EADDRINUSE") && !hasCode(error, "EACCES")) throw error;
    return start(0);
  }
}
