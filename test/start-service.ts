import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type ClientOptions, DirectUploadClient } from "@clipcourier/core";
import { openAccounts, type StartOptions, startService } from "@clipcourier/service";
import { pino } from "pino";
import { onTestFinished } from "vitest";

export interface TestFolder {
  path: string;
  write(name: string, content: string | Uint8Array): Promise<string>;
}

/** A folder that is removed after the test. */
export async function makeFolder(): Promise<TestFolder> {
  const path = await mkdtemp(join(tmpdir(), "clipcourier-test-"));
  onTestFinished(() => rm(path, { recursive: true, force: true, maxRetries: 3 }));
  return {
    path,
    async write(name, content) {
      await writeFile(join(path, name), content);
      return join(path, name);
    },
  };
}

export interface TestService {
  rootUrl: string;
  folder: string;
  appId: string;
  appSecret: string;
  /** A client of this service, closed after the test. */
  connect(options?: Partial<ClientOptions>): DirectUploadClient;
  settled(): Promise<void>;
  close(): Promise<void>;
}

export interface TestServiceOptions extends Partial<StartOptions> {
  /** Whether files are looked into, for pictures and facts. Default `false`. */
  looksInto?: boolean;
}

/** The real service on a real socket. */
export async function startTestService(
  { looksInto = false, ...options }: TestServiceOptions = {},
  keys?: { appId: string; appSecret: string },
): Promise<TestService> {
  const folder = options.folder ?? (await makeFolder()).path;
  const logger = pino({ level: "silent" });
  const service = await startService({
    ...(looksInto ? {} : { media: null }),
    logger,
    ...options,
    folder,
  });
  const { appId, appSecret } = keys ?? (await openAccounts(folder).createApp());
  let closing: Promise<void> | undefined;
  const close = () => {
    closing ??= service.close();
    return closing;
  };
  onTestFinished(close);
  return {
    ...{ rootUrl: service.rootUrl, folder, appId, appSecret, close },
    settled: () => service.settled(),
    connect(changes = {}) {
      const client = new DirectUploadClient({
        ...{ rootUrl: service.rootUrl, appId, appSecret, proxyEnv: {} },
        ...changes,
      });
      onTestFinished(() => client.close());
      return client;
    },
  };
}
