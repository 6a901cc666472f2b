import { cp, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type ClientOptions, DirectUploadClient } from "@clipcourier/core";
import {
  type Accounts,
  createMedia,
  openAccounts,
  type StartOptions,
  startService,
} from "@clipcourier/service";
import { pino } from "pino";
import { afterAll, onTestFinished } from "vitest";
import { groundOf, isOnBucket } from "../packages/service/test/test-ground.ts";

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
  /** Where clients reach the bucket, in a run on a bucket. */
  publicEndpoint?: string;
}

interface Keys {
  appId: string;
  appSecret: string;
}

// A secret takes long to hash, on purpose: the services of a test file share one app.
let sharedApp: Promise<Keys & { made: string }> | undefined;

async function addApp(folder: string, accounts: Accounts): Promise<Keys> {
  if (isOnBucket()) return accounts.createApp();
  sharedApp ??= makeApp();
  const { made, ...keys } = await sharedApp;
  const apps = join("objects", "apps");
  await cp(join(made, apps), join(folder, apps), { recursive: true });
  return keys;
}

async function makeApp() {
  const made = await mkdtemp(join(tmpdir(), "clipcourier-test-"));
  const { appId, appSecret } = await openAccounts(made).createApp();
  return { appId, appSecret, made };
}

afterAll(async () => {
  const app = await sharedApp;
  if (app) await rm(app.made, { recursive: true });
});

/**
 * The real service on a real socket.
 *
 * @param keys of an app that the folder has already; default: one is added to it
 */
export async function startTestService(
  { looksInto = false, publicEndpoint, folder: given, ...options }: TestServiceOptions = {},
  keys?: Keys,
): Promise<TestService> {
  const folder = given ?? (await makeFolder()).path;
  const logger = pino({ level: "silent" });
  const service = await startService({
    // A busy machine keeps the time limit, too.
    media: looksInto ? createMedia({ timeLimit: 600_000 }) : null,
    logger,
    ...options,
    ...groundOf(folder, publicEndpoint),
  });
  const { appId, appSecret } = keys ?? (await addApp(folder, service.accounts));
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
