import type { RunResult } from "./run-request.js";

/** Why the program that was to start a service has ended, as far as its output tells. */
export type StartFailure =
  | { kind: "port taken"; port: string }
  | { kind: "old Node"; version: string; wanted: string }
  /** The registry of npm answers that there is no such package. */
  | { kind: "no package" }
  /** npm could not get it for another reason: its code, such as `ECONNREFUSED`. */
  | { kind: "no registry"; code: string }
  | { kind: "not started"; code: string }
  | { kind: "unknown"; exitCode: number | null };

/** Recognizes what `clipcourier serve` and npm print when they fail. */
export function recognizeFailure({ exitCode, startError, output }: RunResult): StartFailure {
  if (startError !== undefined) return { kind: "not started", code: startError };
  const [, port] = /\bPort (\d+) of \S+ is taken/.exec(output) ?? [];
  if (port !== undefined) return { kind: "port taken", port };
  const [, version, wanted] =
    /does not run on Node\.js (\S+), only on (.+?)\.\s/.exec(`${output}\n`) ?? [];
  if (version !== undefined && wanted !== undefined) return { kind: "old Node", version, wanted };
  const [, code] = /^npm (?:error|ERR!) code (\w+)/m.exec(output) ?? [];
  if (code === "E404" || code === "ETARGET") return { kind: "no package" };
  if (code !== undefined) return { kind: "no registry", code };
  return { kind: "unknown", exitCode };
}
