import { once } from "node:events";
import path from "node:path";
import { type RunningService, startService } from "@clipcourier/service";
import { type ExitCode, exitCode } from "./exit-code.js";
import { listenForInterrupt } from "./interrupt.js";
import { hasCode } from "./kept-file.js";
import { print, tell } from "./output.js";
import { openServeApp } from "./serve-app.js";
import { describeService, warnOfPlainHttp } from "./serve-text.js";
import { prepareFolder } from "./service-folder.js";
import { createJsonLog, type LogLevel } from "./service-log.js";

export interface ServeFlags {
  host: string;
  port: number;
  folder: string;
  publicUrl?: string;
  /** Bytes. */
  maxSize?: number;
  logLevel: LogLevel;
  newApp?: boolean;
}

/** `clipcourier serve`: until it is told to end. */
export async function serve(flags: ServeFlags): Promise<ExitCode> {
  using interrupt = listenForInterrupt();
  const folder = path.resolve(flags.folder);
  await prepareFolder(folder);
  const service = await start(folder, flags);
  try {
    const app = await openServeApp(folder, flags.newApp === true);
    const warning = warnOfPlainHttp(flags.host, flags.publicUrl);
    if (warning !== undefined) tell(warning);
    print(describeService({ folder, app, rootUrl: service.rootUrl, publicUrl: flags.publicUrl }));
    if (!interrupt.signal.aborted) await once(interrupt.signal, "abort");
  } finally {
    await service.close();
  }
  return exitCode.done;
}

async function start(
  folder: string,
  { host, port, publicUrl, maxSize, logLevel }: ServeFlags,
): Promise<RunningService> {
  try {
    return await startService({
      ...{ folder, host, port, logger: createJsonLog(logLevel) },
      ...(publicUrl !== undefined && { publicUrl }),
      ...(maxSize !== undefined && { maxSize }),
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
