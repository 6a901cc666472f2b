import { once } from "node:events";
import {
  ClientAddresses,
  type GitHubOptions,
  type RunningService,
  resolveLimits,
  startService,
} from "@clipcourier/service";
import { readGitHubRules } from "../serve/github-rules-file.js";
import { hasCode } from "../serve/kept-file.js";
import { removeReadyFile, writeReadyFile } from "../serve/ready-file.js";
import { openBucketApp, openServeApp, type ServeApp } from "../serve/serve-app.js";
import { type GroundFlags, readGround, type ServeGround } from "../serve/serve-ground.js";
import {
  describeKeyless,
  describeService,
  toReachable,
  warnOfPlainHttp,
} from "../serve/serve-text.js";
import { prepareFolder } from "../serve/service-folder.js";
import { createJsonLog, type LogLevel } from "../serve/service-log.js";
import { type ExitCode, exitCode } from "../terminal/exit-code.js";
import { listenForInterrupt } from "../terminal/interrupt.js";
import { print, printNote } from "../terminal/output.js";
import { UsageError } from "../terminal/usage-error.js";

export interface ServeFlags extends GroundFlags {
  host: string;
  port: number;
  /** False with --no-init. */
  init: boolean;
  publicUrl?: string;
  /** Bytes. */
  maxSize?: number;
  /** A path. */
  githubRules?: string;
  trustProxy?: boolean | number | string[];
  proxyHeader?: string;
  limits?: Record<string, number>;
  logLevel: LogLevel;
  newApp?: boolean;
}

/** `clipcourier serve`: runs until it is interrupted. */
export async function serve(flags: ServeFlags): Promise<ExitCode> {
  using interrupt = listenForInterrupt();
  const ground = await readGround(flags);
  const github = await readKeyless(flags);
  checkLimits(flags);
  const { readyFile } = flags;
  if (readyFile !== undefined) await removeReadyFile(readyFile);
  if (ground.folder !== undefined && flags.init) await prepareFolder(ground.folder);
  const service = await start(ground, flags, github);
  try {
    // Before the app is created, whose secret is printed only once: a failure here must not lose
    // it.
    if (readyFile !== undefined && ground.folder !== undefined) {
      await writeReadyFile(readyFile, ground.folder, toReachable(service.rootUrl));
    }
    const app = await openApp(ground, service, flags.newApp === true);
    const warning = warnOfPlainHttp(flags.host, flags.publicUrl);
    if (warning !== undefined) printNote(warning);
    const { place } = ground;
    print(describeService({ place, app, rootUrl: service.rootUrl, publicUrl: flags.publicUrl }));
    if (github) print(describeKeyless(github, flags.publicUrl));
    if (!interrupt.signal.aborted) await once(interrupt.signal, "abort");
  } finally {
    await service.close();
  }
  return exitCode.done;
}

function openApp(
  { folder }: ServeGround,
  { accounts }: RunningService,
  wantsAnother: boolean,
): Promise<ServeApp | null> {
  return folder === undefined
    ? openBucketApp(accounts, wantsAnother)
    : openServeApp(folder, accounts, wantsAnother);
}

function checkLimits({ trustProxy = false, proxyHeader, limits }: ServeFlags): void {
  try {
    new ClientAddresses({ trustProxy, ...(proxyHeader !== undefined && { proxyHeader }) });
    resolveLimits(limits);
  } catch (error) {
    // The message begins with the option's name.
    const reason = error instanceof Error ? error.message : String(error);
    const flag = reason.replace(/^limits\./, "--limits: ").replace(/^trustProxy/, "--trust-proxy");
    throw new UsageError(flag.replace(/^proxyHeader/, "--proxy-header"));
  }
}

async function readKeyless(flags: ServeFlags): Promise<GitHubOptions | undefined> {
  if (flags.githubRules === undefined) return undefined;
  const github = await readGitHubRules(flags.githubRules);
  if (flags.publicUrl !== undefined || github.audience !== undefined) return github;
  throw new UsageError(
    "--github-rules needs --public-url: tokens are made for the address that workflows use.",
  );
}

async function start(
  { folder, bucket }: ServeGround,
  { host, port, publicUrl, maxSize, logLevel, ...flags }: ServeFlags,
  github: GitHubOptions | undefined,
): Promise<RunningService> {
  try {
    return await startService({
      ...{ host, port, init: flags.init, logger: createJsonLog(logLevel) },
      ...(folder !== undefined && { folder }),
      ...(bucket !== undefined && { bucket }),
      ...(flags.streamVideos !== undefined && { streamVideos: flags.streamVideos }),
      ...(publicUrl !== undefined && { publicUrl }),
      ...(maxSize !== undefined && { maxSize }),
      ...(github !== undefined && { github }),
      ...(flags.trustProxy !== undefined && { trustProxy: flags.trustProxy }),
      ...(flags.proxyHeader !== undefined && { proxyHeader: flags.proxyHeader }),
      ...(flags.limits !== undefined && { limits: flags.limits }),
    });
  } catch (error) {
    throw describeStartFailure(error, host, port);
  }
}

function describeStartFailure(error: unknown, host: string, port: number): unknown {
  if (hasCode(error, "EADDRINUSE")) {
    return new Error(
      `Port ${port} of ${host} is taken, by another clipcourier serve perhaps. ` +
        "Stop that, or choose another port: clipcourier serve --port 4281",
    );
  }
  if (hasCode(error, "EACCES") && port > 0 && port < 1024) {
    return new Error(`Port ${port} needs more rights. Choose one above 1023: --port 4280`);
  }
  if (hasCode(error, "EADDRNOTAVAIL") || hasCode(error, "ENOTFOUND")) {
    return new Error(`${host} is no address of this machine. Check --host.`);
  }
  return error;
}
