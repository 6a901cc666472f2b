import { readFile } from "node:fs/promises";
import { UsageError } from "@clipcourier/batch";
import { isDirectUploadError } from "@clipcourier/core";
import { CommanderError } from "commander";
import { createProgram } from "./program.js";
import { type ExitCode, exitCode } from "./terminal/exit-code.js";
import { describeFailure, toFailureRecord } from "./terminal/failure.js";
import { printJson, printNote, watchOutput } from "./terminal/output.js";

/** Runs the command line and returns the exit code. */
export async function main(args: readonly string[]): Promise<ExitCode> {
  const isOutputLost = watchOutput();
  const code = await runProgram(args);
  return (await isOutputLost()) && code === exitCode.done ? exitCode.failed : code;
}

async function runProgram(args: readonly string[]): Promise<ExitCode> {
  let code: ExitCode = exitCode.done;
  const program = createProgram(await readVersion(), (ended) => {
    code = ended;
  });
  try {
    await program.parseAsync(args, { from: "user" });
    return code;
  } catch (error) {
    if (error instanceof CommanderError && error.exitCode === 0) return exitCode.done;
    return reportFailure(error, args.includes("--json"));
  }
}

function reportFailure(error: unknown, isJson: boolean): ExitCode {
  // Commander has printed already what is wrong.
  const isCommandWrong = error instanceof CommanderError;
  if (!isCommandWrong) printNote(`clipcourier: ${describeFailure(error)}`);
  const isWrongUse =
    isCommandWrong || error instanceof UsageError || isDirectUploadError(error, "invalid_option");
  if (isJson) {
    const shown = isCommandWrong ? new UsageError(error.message.replace(/^error: /, "")) : error;
    printJson({ clips: [], failed: 0, error: toFailureRecord(shown) });
  }
  return isWrongUse ? exitCode.wrongUse : exitCode.failed;
}

async function readVersion(): Promise<string> {
  const text = await readFile(new URL("../package.json", import.meta.url), "utf8");
  const { version }: { version: string } = JSON.parse(text);
  return version;
}
