import { once } from "node:events";
import { UsageError } from "@clipcourier/batch";
import { type Media, type RunningService, startService } from "@clipcourier/service";
import { toAccountLimits } from "../serve/config/account-limits.js";
import { type CheckedSettings, checkServeSettings } from "../serve/config/check-settings.js";
import type { ServeValues } from "../serve/config/serve-keys.js";
import { collectServeSettings, type ServeSettings } from "../serve/config/serve-settings.js";
import { hasCode } from "../serve/kept-file.js";
import { removeReadyFile, writeReadyFile } from "../serve/ready-file.js";
import { openBucketApp, openServeApp, type ServeApp } from "../serve/serve-app.js";
import type { ServeGround } from "../serve/serve-ground.js";
import { createServeMedia } from "../serve/serve-media.js";
import {
  describeKeyless,
  describePictures,
  describeService,
  toReachable,
  warnOfPlainHttp,
} from "../serve/serve-text.js";
import { prepareFolder } from "../serve/service-folder.js";
import { createJsonLog, openAuditLog } from "../serve/service-log.js";
import { type ExitCode, exitCode } from "../terminal/exit-code.js";
import { listenForInterrupt } from "../terminal/interrupt.js";
import { print, printNote } from "../terminal/output.js";

// Milliseconds. Kubernetes kills what has not ended after 30 s.
const standardShutdownTime = 25_000;

export interface ServeFlags extends Partial<ServeValues> {
  /** The path of a config file. */
  config?: string;
  newApp?: boolean;
}

/** `clipcourier serve`: runs until it is interrupted. */
export async function serve({ config, newApp = false, ...flags }: ServeFlags): Promise<ExitCode> {
  using interrupt = listenForInterrupt();
  const settings = await collectServeSettings(flags, process.env, config);
  const { ground, ...checked } = await checkServeSettings(settings);
  const { rules } = checked;
  const media = await createServeMedia(settings);
  const { readyFile, publicUrl, host, init } = settings.values;
  if (readyFile !== undefined) await removeReadyFile(readyFile);
  if (ground.folder !== undefined && init) await prepareFolder(ground.folder);
  const service = await start(ground, settings, checked, media);
  try {
    // Before the app is created, whose secret is printed only once: a failure here must not lose
    // it.
    if (readyFile !== undefined && ground.folder !== undefined) {
      await writeReadyFile(readyFile, ground.folder, toReachable(service.rootUrl));
    }
    const app = await openApp(ground, service, newApp);
    const warning = warnOfPlainHttp(host, publicUrl);
    if (warning !== undefined) printNote(warning);
    const { place } = ground;
    print(describeService({ place, app, rootUrl: service.rootUrl, publicUrl }));
    if (service.metricsUrl !== null) print(`Metrics are at ${toReachable(service.metricsUrl)}`);
    for (const line of describeKeyless(rules, publicUrl)) print(line);
    const engine = await media.findEngine?.();
    if (engine) print(describePictures(engine));
    if (!interrupt.signal.aborted) await once(interrupt.signal, "abort");
    print("Ending, once the running requests have ended. A second signal ends it at once.");
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

async function start(
  { folder, bucket }: ServeGround,
  settings: ServeSettings,
  { rules, webhooks }: Omit<CheckedSettings, "ground">,
  media: Media,
): Promise<RunningService> {
  const { values } = settings;
  const { host, port, init, publicUrl, streamVideos, embedFrom } = values;
  const { trustProxy, proxyHeader, limits, logLevel, auditLog, metrics } = values;
  const logger = createJsonLog(logLevel);
  const audit = auditLog && openAuditLog(auditLog, settings.labelOf("auditLog"), logger);
  const { shutdownDelay = 0, shutdownTime = standardShutdownTime } = values;
  try {
    return await startService({
      ...{ host, port, init, logger, media },
      ...{ shutdownDelay: shutdownDelay / 1000, shutdownTime: shutdownTime / 1000 },
      ...rules,
      ...(audit && { audit }),
      ...(folder !== undefined && { folder }),
      ...(bucket !== undefined && { bucket }),
      ...(streamVideos !== undefined && { streamVideos }),
      ...(publicUrl !== undefined && { publicUrl }),
      ...toAccountLimits(values),
      ...(trustProxy !== undefined && { trustProxy }),
      ...(proxyHeader !== undefined && { proxyHeader }),
      ...(limits !== undefined && { limits }),
      ...(embedFrom !== undefined && { embedFrom }),
      ...(metrics !== undefined && { metrics }),
      ...(webhooks && { webhooks }),
    });
  } catch (error) {
    throw describeStartFailure(error, settings);
  }
}

function describeStartFailure(error: unknown, { values, labelOf }: ServeSettings): unknown {
  const { host, port } = values;
  if (error instanceof Error && error.message.startsWith("metrics: ")) {
    return new Error(error.message.replace("metrics", labelOf("metrics")));
  }
  if (hasCode(error, "EADDRINUSE")) {
    return new Error(
      `Port ${port} of ${host} is taken, by another clipcourier serve perhaps. ` +
        "Stop that, or choose another port: clipcourier serve --port 4281",
    );
  }
  if (error instanceof Error && error.message.startsWith("signInRules.")) {
    return new UsageError(error.message.replace("signInRules.", `${labelOf("signInRules")}: `));
  }
  if (hasCode(error, "EACCES") && port > 0 && port < 1024) {
    return new Error(`Port ${port} needs more rights. Choose one above 1023: --port 4280`);
  }
  if (hasCode(error, "EADDRNOTAVAIL") || hasCode(error, "ENOTFOUND")) {
    return new Error(`${host} is no address of this machine. Check ${labelOf("host")}.`);
  }
  return error;
}
