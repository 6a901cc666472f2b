import { mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { l10n, type Terminal, TerminalExitReason, type Uri, window } from "vscode";
import { startVariables } from "../services/choose-command.js";
import type { LocalProgram } from "./find-program.js";
import type { ReadyFile } from "./ready-file.js";
import type { RunRequest, RunResult } from "./run-request.js";

/** What has come of a start. The terminal of a service that is not up stays open, to be read. */
export type Start =
  | { outcome: "up"; ready: ReadyFile }
  | { outcome: "ended"; result: RunResult; terminal: Terminal }
  | { outcome: "late"; terminal: Terminal }
  | { outcome: "cancelled" };

export interface StartOptions {
  program: LocalProgram;
  /** A folder that only the extension uses. */
  storage: string;
  /** That of the extension. */
  extension: Uri;
  signal: AbortSignal;
}

// The first start can include downloading the package.
export const startTimeout = 180_000;
const lookInterval = 150;

/** Starts `clipcourier serve` in a terminal of its own and waits until it is up or has ended. */
export async function startService({
  program: { program, args },
  storage,
  extension,
  signal,
}: StartOptions): Promise<Start> {
  const folder = join(storage, "local-service");
  const { readyFile, requestFile, resultFile } = nameFiles(storage);
  const files = [readyFile, requestFile, resultFile];
  await mkdir(folder, { recursive: true });
  await removeAll(files);
  const request: RunRequest = {
    program,
    args: [...args, "serve", "--folder", folder, "--ready-file", readyFile],
    resultFile,
    farewell: l10n.t("The service has ended. Press any key to close the terminal."),
  };
  await writeFile(requestFile, JSON.stringify(request));
  const terminal = openTerminal(storage, extension, requestFile);
  try {
    return await awaitStart({ readyFile, resultFile, terminal, signal });
  } finally {
    // One of them holds the secret, which the secret storage keeps from now on.
    await removeAll(files);
  }
}

function nameFiles(storage: string) {
  const name = (what: string) => join(storage, `local-service-${what}.json`);
  return { readyFile: name("ready"), requestFile: name("request"), resultFile: name("result") };
}

function openTerminal(storage: string, extension: Uri, requestFile: string): Terminal {
  const terminal = window.createTerminal({
    name: l10n.t("Local Clip Service"),
    // Outside of the workspace, because npx would find the packages of the workspace first.
    cwd: storage,
    // The editor's own Node, which is there in any case, keeps what the program prints.
    shellPath: process.execPath,
    shellArgs: [join(extension.fsPath, "dist", "local-service-runner.cjs"), requestFile],
    env: { ELECTRON_RUN_AS_NODE: "1", ...startVariables },
  });
  terminal.show(true);
  return terminal;
}

async function removeAll(files: readonly string[]): Promise<void> {
  await Promise.all(files.map((file) => rm(file, { force: true })));
}

interface Awaited {
  readyFile: string;
  resultFile: string;
  terminal: Terminal;
  signal: AbortSignal;
}

async function awaitStart({ readyFile, resultFile, terminal, signal }: Awaited): Promise<Start> {
  const end = Date.now() + startTimeout;
  while (Date.now() < end && !signal.aborted) {
    const hasExited = terminal.exitStatus !== undefined;
    const ready = await readFile(readyFile, "utf8").catch(() => undefined);
    if (ready !== undefined) {
      const { rootUrl, appId, appSecret, missing } = JSON.parse(ready) as ReadyFile;
      return { outcome: "up", ready: { rootUrl, appId, appSecret, ...(missing && { missing }) } };
    }
    const result = await readFile(resultFile, "utf8").catch(() => undefined);
    if (result !== undefined) return { outcome: "ended", result: JSON.parse(result), terminal };
    if (hasExited) return describeExit(terminal);
    await sleep(lookInterval);
  }
  if (!signal.aborted) return { outcome: "late", terminal };
  terminal.dispose();
  return { outcome: "cancelled" };
}

function describeExit(terminal: Terminal): Start {
  const { code, reason } = terminal.exitStatus ?? {};
  if (reason === TerminalExitReason.User) return { outcome: "cancelled" };
  return { outcome: "ended", result: { exitCode: code ?? null, output: "" }, terminal };
}
