import { pino } from "pino";
import { onTestFinished } from "vitest";
import { closeServer, createHttpServer, listen, urlOf } from "../src/http/server.js";
import {
  type Accounts,
  ClientAddresses,
  createService,
  resolveLimits,
  type ServiceOptions,
} from "../src/index.js";
import { measureNothing } from "../src/metrics/measure.js";
import { makeFolder, openGround, type TestService } from "./start-test-service.js";

/** A real service on a real socket, whose accounts are its own with some calls replaced. */
export async function startWithAccounts(
  replace: (accounts: Accounts) => Partial<Accounts>,
  options: Partial<ServiceOptions> = {},
): Promise<TestService> {
  const folder = await makeFolder();
  const log: string[] = [];
  const logger = pino({ level: "trace" }, { write: (line: string) => void log.push(line) });
  const { store, secret, accounts: kept } = await openGround(folder, true);
  const accounts: Accounts = {
    createApp: (...app) => kept.createApp(...app),
    rotateApp: (appId) => kept.rotateApp(appId),
    list: (kind) => kept.list(kind),
    changePassword: (...user) => kept.changePassword(...user),
    removeUser: (username) => kept.removeUser(username),
    findGeneration: (...login) => kept.findGeneration(...login),
    removeApp: (appId) => kept.removeApp(appId),
    addUser: (...user) => kept.addUser(...user),
    verifyApp: (...keys) => kept.verifyApp(...keys),
    verifyUser: (...keys) => kept.verifyUser(...keys),
    hasApp: (appId) => kept.hasApp(appId),
    hasApps: () => kept.hasApps(),
    ...replace(kept),
  };
  const service = await createService({ store, accounts, secret, logger, ...options });
  const server = createHttpServer((request, connection) => service.fetch(request, connection), {
    limits: resolveLimits(options.limits),
    clients: new ClientAddresses(options),
    logger,
    measure: measureNothing,
  });
  await listen(server, 0, "127.0.0.1");
  const close = async () => {
    await closeServer(server);
    await service.close();
  };
  onTestFinished(close);
  const baseUrl = urlOf(server);
  const rootUrl = `${baseUrl}v2.7/`;
  return { rootUrl, baseUrl, folder, accounts, log, settled: service.settled, close };
}
