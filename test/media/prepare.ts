import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createMedia, startService } from "@clipcourier/service";
import { pino } from "pino";
import type { TestProject } from "vitest/node";
import { makeCorpus } from "./corpus/corpus.ts";
import { installPrograms } from "./programs.ts";

declare module "vitest" {
  interface ProvidedContext {
    /** Where each file of the corpus is, by its name. */
    paths: Record<string, string>;
    /** A service that looks into files, and an app of it. */
    service: { rootUrl: string; appId: string; appSecret: string };
  }
}

/**
 * Makes the corpus, and starts the service that all files of the suite share: what one of them has
 * uploaded is known to the others.
 */
export default async function prepare(project: TestProject): Promise<() => Promise<void>> {
  installPrograms();
  project.provide("paths", await makeCorpus());
  const folder = await mkdtemp(join(tmpdir(), "clipcourier-media-"));
  const service = await startService({
    folder,
    // A busy machine keeps the time limit, too.
    media: createMedia({ timeLimit: 600_000 }),
    logger: pino({ level: "warn" }),
  });
  const { appId, appSecret } = await service.accounts.createApp();
  project.provide("service", { rootUrl: service.rootUrl, appId, appSecret });
  return async () => {
    await service.close();
    await rm(folder, { recursive: true, force: true, maxRetries: 3 });
  };
}
