import { appendFileSync } from "node:fs";
import { toPrintable, UsageError } from "@clipcourier/batch";
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

/**
 * The audit log: JSON lines in a file, which only its owner can read where it is made here. The file is
 * opened for each line, so a rotation needs no signal, and a line is written before the request is
 * answered. A line that cannot be written is told in the other log.
 *
 * @throws UsageError when it cannot be written at the start
 */
export function openAuditLog(file: string, label: string, logger: ServiceLogger): ServiceLogger {
  const append = (text: string) => appendFileSync(file, text, { mode: 0o600 });
  try {
    append("");
  } catch (error) {
    const code = error instanceof Error && "code" in error ? String(error.code) : "unknown error";
    throw new UsageError(`${label}: ${file} cannot be written (${code}).`);
  }
  const write = (line: string) => {
    try {
      append(line);
    } catch (error) {
      logger.error({ err: error, line: JSON.parse(line) }, "the audit log cannot be written");
    }
  };
  return pino({ base: null, timestamp: pino.stdTimeFunctions.isoTime }, { write });
}

/** The log of the embedded service: only warnings and errors, as text for people. */
export function createNoticeLog(onNotice: (text: string) => void): ServiceLogger {
  const write = (line: string) => {
    const { msg, err }: { msg?: string; err?: { message?: string } } = JSON.parse(line);
    onNotice(toPrintable(["The embedded service", msg, err?.message].filter(Boolean).join(": ")));
  };
  return pino({ level: "warn" }, { write });
}
