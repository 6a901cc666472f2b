import { toPrintable } from "@clipcourier/batch";
import type { StartOptions } from "@clipcourier/service";
import { pino } from "pino";
import { toLogJson } from "../terminal/output.js";

type ServiceLogger = NonNullable<StartOptions["logger"]>;

export type LogLevel = "trace" | "debug" | "info" | "warn" | "error" | "fatal" | "silent";

/** The log of `clipcourier serve`: JSON lines on stderr. */
export function createJsonLog(level: LogLevel): ServiceLogger {
  const write = (line: string) => process.stderr.write(toLogJson(line));
  return pino({ level }, { write });
}

/** The log of the embedded service: only warnings and errors, as text for people. */
export function createNoticeLog(onNotice: (text: string) => void): ServiceLogger {
  const write = (line: string) => {
    const { msg, err }: { msg?: string; err?: { message?: string } } = JSON.parse(line);
    onNotice(toPrintable(["The embedded service", msg, err?.message].filter(Boolean).join(": ")));
  };
  return pino({ level: "warn" }, { write });
}
