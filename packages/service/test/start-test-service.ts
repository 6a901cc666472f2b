import { cp, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { pino } from "pino";
import { afterAll, onTestFinished } from "vitest";
import {
  type Accounts,
  type CreatedApp,
  openAccounts,
  type RunningService,
  type StartOptions,
  startService,
} from "../src/index.js";
import { openBucket } from "../src/open-bucket.js";
import { type Ground, openFolder } from "../src/open-folder.js";
import { groundOf, isOnBucket } from "./test-ground.js";

export interface TestService {
  /** `http://127.0.0.1:PORT/v2.7/` */
  rootUrl: string;
  /** `http://127.0.0.1:PORT/` */
  baseUrl: string;
  /** `null` without `metrics`. */
  metricsUrl?: string | null;
  /** What `groundOf` leads to its data with. */
  folder: string;
  accounts: Accounts;
  /** Every line that the service has logged. */
  log: string[];
  settled(): Promise<void>;
  close(): Promise<void>;
}

/** A folder that is removed after the test. */
export async function makeFolder(): Promise<string> {
  const folder = await mkdtemp(path.join(tmpdir(), "clipcourier-test-"));
  onTestFinished(() => rm(folder, { recursive: true, force: true, maxRetries: 3 }));
  return folder;
}

/** A real service on a real socket; without pictures unless `media` is given. It ends with the test. */
export async function startTestService({
  folder: given,
  ...options
}: Partial<StartOptions> = {}): Promise<TestService> {
  const folder = given ?? (await makeFolder());
  const service = await startOn(folder, options);
  onTestFinished(service.close);
  return service;
}

/** A service that all tests of a file share, because what they ask changes nothing. For `beforeAll`. */
export async function startSharedService(options: Partial<StartOptions>): Promise<TestService> {
  const folder = await mkdtemp(path.join(tmpdir(), "clipcourier-test-"));
  const service = await startOn(folder, options);
  afterAll(async () => {
    await service.close();
    await rm(folder, { recursive: true, force: true, maxRetries: 3 });
  });
  return service;
}

async function startOn(folder: string, options: Partial<StartOptions>): Promise<TestService> {
  const log: string[] = [];
  const logger = pino({ level: "trace" }, { write: (line: string) => void log.push(line) });
  const service: RunningService = await startService({
    media: null,
    logger,
    ...options,
    ...groundOf(folder),
  });
  const { rootUrl, metricsUrl, accounts, settled } = service;
  const close = once(() => service.close());
  const baseUrl = new URL("/", rootUrl).href;
  return { rootUrl, baseUrl, metricsUrl, folder, accounts, log, settled, close };
}

/** What a service has stored, beside the service or after it has ended. */
export async function openGround(folder: string, mayCreate = false): Promise<Ground> {
  const logger = pino({ level: "silent" });
  const place = groundOf(folder);
  const ground =
    "bucket" in place
      ? await openBucket(place.bucket, logger, mayCreate)
      : await openFolder(folder, logger, mayCreate);
  onTestFinished(() => ground.store.close?.());
  return ground;
}

/** The keys that a service has stored below a prefix. */
export async function listKeys({ folder }: TestService, prefix: string): Promise<string[]> {
  const { store } = await openGround(folder);
  return (await store.listObjects(prefix)).objects.map(({ key }) => key);
}

export interface Session {
  appId: string;
  appSecret: string;
  account: string;
  accessKey: string;
  accessToken: string;
  /** The headers of a request under `/me`. */
  headers: Record<string, string>;
}

// A secret takes long to hash, on purpose: the services of a test file share their first app.
let firstApp: Promise<{ app: CreatedApp; folder: string }> | undefined;

afterAll(async () => {
  const made = await firstApp;
  if (made) await rm(made.folder, { recursive: true });
});

async function makeFirstApp() {
  const folder = await mkdtemp(path.join(tmpdir(), "clipcourier-test-"));
  return { folder, app: await openAccounts(folder).createApp() };
}

async function makeApp({ folder, accounts }: TestService): Promise<CreatedApp> {
  if (isOnBucket() || (await accounts.hasApps())) return accounts.createApp();
  firstApp ??= makeFirstApp();
  const { app, folder: made } = await firstApp;
  const apps = path.join("objects", "apps");
  await cp(path.join(made, apps), path.join(folder, apps), { recursive: true });
  return app;
}

/** Makes an app and signs in with it. */
export async function signIn(service: TestService): Promise<Session> {
  return signInAs(service, await makeApp(service));
}

/** Signs in with an app that there is. */
export async function signInAs(
  service: Pick<TestService, "rootUrl">,
  { appId, appSecret, account }: CreatedApp,
): Promise<Session> {
  const response = await fetch(`${service.rootUrl}login/app/`, {
    method: "POST",
    headers: { "X-PV-Meta-App": appId },
    body: new URLSearchParams({ app_secret: appSecret }),
  });
  const { data } = (await response.json()) as { data: Record<string, string>[] };
  const accessKey = data[0]?.access_key ?? "";
  const accessToken = data[0]?.access_token ?? "";
  const headers = {
    "X-PV-Meta-App": appId,
    "X-Access-Key": accessKey,
    "X-Access-Token": accessToken,
  };
  return { appId, appSecret, account, accessKey, accessToken, headers };
}

function once(work: () => Promise<void>): () => Promise<void> {
  let result: Promise<void> | null = null;
  return () => {
    result ??= work();
    return result;
  };
}
