/**
 * Runs a program in a terminal and keeps the end of what it prints. It is a process of its own, so
 * that the service outlives a reload of the window.
 *
 *   node local-service-runner.cjs <request file>
 *
 * The request file is removed by the extension once the service is up: what is printed from then on
 * can hold the secret of the app, and is not written to a file.
 */
import { type ChildProcess, spawn } from "node:child_process";
import { existsSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import type { RunRequest, RunResult } from "./run-request.js";

/** Characters of the output that are kept. */
const kept = 8_192;

const [requestFile = ""] = process.argv.slice(2);
const request: RunRequest = JSON.parse(readFileSync(requestFile, "utf8"));
let output = "";
let isInterrupted = false;
let isEnding = false;

const child = start(request);
child.stdout?.on("data", (chunk: Buffer) => keep(chunk, process.stdout));
child.stderr?.on("data", (chunk: Buffer) => keep(chunk, process.stderr));
child.once("error", (error: NodeJS.ErrnoException) => {
  process.stderr.write(`${error.message}\n`);
  end({ exitCode: null, startError: error.code ?? error.message, output });
});
child.once("close", (exitCode) => end({ exitCode, output }));
// Control-C reaches the program by itself, and it is the program that decides what to do.
process.on("SIGINT", () => {
  isInterrupted = true;
});
for (const signal of ["SIGTERM", "SIGHUP"] as const) {
  process.on(signal, () => {
    // The signal to the group comes back.
    if (isEnding) return;
    isEnding = true;
    isInterrupted = true;
    if (hasEnded(child)) process.exit(0);
    // npx ends without the program that it has started. A terminal gives the runner a group of its own.
    if (process.platform === "win32") child.kill();
    else process.kill(0, "SIGTERM");
  });
}

function hasEnded({ pid, exitCode, signalCode }: ChildProcess): boolean {
  return pid === undefined || exitCode !== null || signalCode !== null;
}

function start({ program, args }: RunRequest): ChildProcess {
  const { ELECTRON_RUN_AS_NODE: isNode, ...others } = process.env;
  // The editor's own program is Node only with it; another one may be an editor, too.
  const env = program === process.execPath ? { ...others, ELECTRON_RUN_AS_NODE: isNode } : others;
  if (process.platform !== "win32" || !/\.(cmd|bat)$/i.test(program)) {
    return spawn(program, args, { stdio: ["ignore", "pipe", "pipe"], env });
  }
  // On Windows npm makes programs scripts, which only a shell can start.
  const line = [program, ...args].map((one) => `"${one}"`).join(" ");
  return spawn("cmd.exe", ["/d", "/s", "/c", `"${line}"`], {
    stdio: ["ignore", "pipe", "pipe"],
    windowsVerbatimArguments: true,
    env,
  });
}

function keep(chunk: Buffer, terminal: NodeJS.WriteStream): void {
  terminal.write(chunk);
  output = (output + chunk.toString("utf8")).slice(-kept);
}

function end(result: RunResult): void {
  if (existsSync(requestFile)) {
    // In one step, because the extension waits for it.
    writeFileSync(`${request.resultFile}.tmp`, JSON.stringify(result), { mode: 0o600 });
    renameSync(`${request.resultFile}.tmp`, request.resultFile);
  }
  if (isInterrupted || result.exitCode === 0) process.exit(0);
  process.stdout.write(`\n${request.farewell}\n`);
  process.stdin.setRawMode?.(true);
  process.stdin.once("data", () => process.exit(0));
}
