import { type SpoiledService, startSpoiledService } from "../spoiled-service.ts";
import type { TestServiceOptions } from "../start-service.ts";
import type { Keys } from "./connect.ts";

/** The real service behind a front that logs every request, and the keys to connect to it. */
export interface FrontedService extends SpoiledService, Keys {
  /** The name of the service on the screen. */
  readonly host: string;
  /** The part numbers that storage has acknowledged since the log was cleared. */
  storedParts(): number[];
  /** Bytes of parts that were received since the log was cleared. */
  partBytes(): number;
  /** The file names of its clips, newest first. */
  listNames(): Promise<(string | undefined)[]>;
}

/** The service is closed after the test. */
export async function startFrontedService(
  options: TestServiceOptions = {},
): Promise<FrontedService> {
  const spoiled = await startSpoiledService(options);
  const { service, front, parts } = spoiled;
  const { appId, appSecret } = service;
  return {
    ...spoiled,
    ...{ appId, appSecret },
    host: new URL(front.origin).host,
    storedParts: () =>
      parts()
        .flatMap(({ part = 0, status }) => (status === 200 ? [part] : []))
        .sort(),
    partBytes: () =>
      front.log.reduce((sum, { part, bytesReceived }) => sum + (part ? bytesReceived : 0), 0),
    async listNames() {
      const { clips } = await service.connect().listClips();
      return clips.map(({ filename }) => filename);
    },
  };
}
