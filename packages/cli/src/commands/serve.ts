import { once } from "node:events";
import {
  ClientAddresses,
  createMedia,
  type Media,
  type RunningService,
  resolveLimits,
  startService,
} from "@clipcourier/service";
import { hasCode } from "../serve/kept-file.js";
import { removeReadyFile, writeReadyFile } from "../serve/ready-file.js";
import { type KeylessFlags, type KeylessRules, readKeylessRules } from "../serve/rules-file.js";
import { openBucketApp, openServeApp, type ServeApp } from "../serve/serve-app.js";
import { type GroundFlags, readGround, type ServeGround } from "../serve/serve-ground.js";
import {
  describeKeyless,
  describePictures,
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

export interface ServeFlags extends GroundFlags, KeylessFlags {
  host: string;
  port: number;
  /** False with --no-init. */
  init: boolean;
  /** Bytes. */
  maxSize?: number;
  /** A path. */
  ffmpeg?: string;
  trustProxy?: boolean | number | string[];
  proxyHeader?: string;
  limits?: Record<string, number>;
  embedFrom?: string[];
  /** False with --no-renditions. */
  renditions: boolean;
  /** Milliseconds. */
  renditionTime?: number;
  /** Bytes. */
  renditionSize?: number;
  logLevel: LogLevel;
  newApp?: boolean;
}

/** `clipcourier serve`: runs until it is interrupted. */
export async function serve(flags: ServeFlags): Promise<ExitCode> {
  using interrupt = listenForInterrupt();
  const ground = await readGround(flags);
  const rules = await readKeylessRules(flags);
  checkLimits(flags);
  const media = await createServeMedia(flags);
  const { readyFile } = flags;
  if (readyFile !== undefined) await removeReadyFile(readyFile);
  if (ground.folder !== undefined && flags.init) await prepareFolder(ground.folder);
  const service = await start(ground, flags, rules, media);
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
    for (const line of describeKeyless(rules, flags.publicUrl)) print(line);
    const engine = await media.findEngine?.();
    if (engine) print(describePictures(engine));
    if (!interrupt.signal.aborted) await once(interrupt.signal, "abort");
  } finally {
    await service.close();
  }
  return exitCode.done;
}

/** A program that was named has to work. What is found without a name is told once the service is up. */
async function createServeMedia({ ffmpeg, ...flags }: ServeFlags): Promise<Media> {
  const renditions = flags.renditions && {
    ...(flags.renditionTime !== undefined && { timeLimit: flags.renditionTime }),
    ...(flags.renditionSize !== undefined && { byteLimit: flags.renditionSize }),
  };
  if (ffmpeg === undefined) return createMedia({ renditions });
  const media = createMedia({ ffmpeg, renditions });
  const engine = await media.findEngine?.();
  if (engine && "missing" in engine) throw new UsageError(`--ffmpeg: ${engine.missing}.`);
  return media;
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

async function start(
  { folder, bucket }: ServeGround,
  { host, port, publicUrl, maxSize, logLevel, ...flags }: ServeFlags,
  rules: KeylessRules,
  media: Media,
): Promise<RunningService> {
  try {
    return await startService({
      ...{ host, port, init: flags.init, logger: createJsonLog(logLevel), media },
      ...rules,
      ...(folder !== undefined && { folder }),
      ...(bucket !== undefined && { bucket }),
      ...(flags.streamVideos !== undefined && { streamVideos: flags.streamVideos }),
      ...(publicUrl !== undefined && { publicUrl }),
      ...(maxSize !== undefined && { maxSize }),
      ...(flags.trustProxy !== undefined && { trustProxy: flags.trustProxy }),
      ...(flags.proxyHeader !== undefined && { proxyHeader: flags.proxyHeader }),
      ...(flags.limits !== undefined && { limits: flags.limits }),
      ...(flags.embedFrom !== undefined && { embedFrom: flags.embedFrom }),
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
  if (error instanceof Error && error.message.startsWith("embedFrom: ")) {
    return new UsageError(error.message.replace("embedFrom", "--embed-from"));
  }
  if (error instanceof Error && error.message.startsWith("signInRules.")) {
    return new UsageError(error.message.replace("signInRules.", "--sign-in-rules: "));
  }
  if (hasCode(error, "EACCES") && port > 0 && port < 1024) {
    return new Error(`Port ${port} needs more rights. Choose one above 1023: --port 4280`);
  }
  if (hasCode(error, "EADDRNOTAVAIL") || hasCode(error, "ENOTFOUND")) {
    return new Error(`${host} is no address of this machine. Check --host.`);
  }
  return error;
}
