import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type ClipComparison, DirectUploadClient } from "@clipcourier/core";
import { createMedia, startService } from "@clipcourier/service";
import { pino } from "pino";
import type { Browser } from "playwright-core";
import { launchBrowser } from "../vscode/browser.ts";

/** A service that looks into files, a client of it, and a browser, until it is closed. */
export interface CompareStage {
  folder: string;
  /** The address of the service, with a slash at its end. */
  origin: string;
  browser: Browser;
  client: DirectUploadClient;
  /** Uploads both under one name, and has them compared. */
  compare(files: { old: string; now: string }, filename: string): Promise<ClipComparison>;
  close(): Promise<void>;
}

export async function startCompareStage(): Promise<CompareStage> {
  const folder = await mkdtemp(join(tmpdir(), "clipcourier-compare-"));
  const browser = await launchBrowser();
  const service = await startService({
    ...{ folder: join(folder, "service"), logger: pino({ level: "silent" }) },
    media: createMedia(),
  });
  const { appId, appSecret } = await service.accounts.createApp();
  const client = new DirectUploadClient({ rootUrl: service.rootUrl, appId, appSecret });
  return {
    ...{ folder, origin: new URL("..", service.rootUrl).href, browser, client },
    async compare({ old, now }, filename) {
      const { clip: before } = await client.upload(old, { filename });
      const { clip } = await client.upload(now, { filename });
      await client.compareClips(clip.id, before.id);
      return client.waitUntilCompared(clip.id, before.id);
    },
    async close() {
      await client.close();
      await service.close();
      await browser.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
