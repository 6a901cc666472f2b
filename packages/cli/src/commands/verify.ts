import { toPrintable } from "@clipcourier/batch";
import { describeStatement } from "../evidence/describe.js";
import {
  choosePlace,
  type Verdict,
  type VerifyOptions,
  verifyEvidence,
} from "../evidence/verify-evidence.js";
import { type ExitCode, exitCode } from "../terminal/exit-code.js";
import { listenForInterrupt } from "../terminal/interrupt.js";
import { print, printJson, printNote } from "../terminal/output.js";
import { findFile } from "./find-file.js";

export interface VerifyFlags extends VerifyOptions {
  json?: boolean;
}

/** `clipcourier verify <clip or file>` */
export async function verify(target: string, flags: VerifyFlags): Promise<ExitCode> {
  const place = choosePlace(target, flags);
  const path = place.path === undefined ? undefined : await findFile(place.path);
  using interrupt = listenForInterrupt();
  const verdict = await verifyEvidence({ ...place, path }, flags, interrupt.signal);
  if (interrupt.exitCode !== undefined) return interrupt.exitCode;
  if (flags.json) printJson(verdict);
  else printVerdict(verdict);
  return verdict.outcome === "verified" ? exitCode.done : exitCode.failed;
}

function printVerdict({ reason, statements }: Verdict): void {
  if (reason !== null) printNote(toPrintable(reason));
  else print(["Verified.", ...statements.map(describeStatement)].join("\n"));
}
