import { type ChildProcessByStdio, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import type { Readable } from "node:stream";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { onTestFinished } from "vitest";

const bin = fileURLToPath(new URL("../dist/bin.js", import.meta.url));

export interface CliOptions {
  /** The working folder. */
  cwd: string;
  env?: Record<string, string | undefined> | undefined;
  /** As which user, where the system has users. */
  uid?: number | undefined;
  /** As a user that the system has no name and no home for. Only root can become one. */
  isStranger?: boolean | undefined;
  /** In a terminal of this width, whose output is on stdout. Linux alone has such a `script`. */
  columns?: number | undefined;
  /** Where a shell is to send what is printed, such as `>/dev/full`. */
  redirect?: string | undefined;
  nodeOptions?: readonly string[];
  /** How many files it may have open, where a shell can say so. */
  maxFiles?: number | undefined;
}

export interface CliResult {
  code: number | null;
  stdout: string;
  stderr: string;
}

/** A folder that is removed after the test. */
export async function makeFolder(): Promise<string> {
  const folder = await mkdtemp(path.join(tmpdir(), "clipcourier-cli-"));
  onTestFinished(() => rm(folder, { recursive: true, force: true, maxRetries: 3 }));
  return folder;
}

/** Root without the right to read and to write everything. */
const asOwner = [
  "setpriv",
  ...["bounding-set", "inh-caps"].map((set) => `--${set}=-dac_override,-dac_read_search`),
];

/** It may read everything, since it might not reach Node or the command line otherwise. */
const asStranger = [
  ...["setpriv", "--reuid=12345", "--regid=12345", "--clear-groups"],
  ...["--inh-caps=+dac_read_search", "--ambient-caps=+dac_read_search"],
];

/** The built command line as a process, with nothing of this machine's settings. */
export class Cli {
  readonly #process: ChildProcessByStdio<null, Readable, Readable>;
  readonly #ended: Promise<unknown[]>;
  stdout = "";
  stderr = "";

  constructor(args: readonly string[], options: CliOptions) {
    const { cwd, env } = options;
    const [program = "", ...rest] = buildCommand(args, options);
    this.#process = spawn(program, rest, {
      cwd,
      env: {
        ...{ PATH: process.env.PATH, SystemRoot: process.env.SystemRoot },
        ...{
          HOME: cwd,
          APPDATA: path.join(cwd, "config"),
          XDG_CONFIG_HOME: path.join(cwd, "config"),
        },
        ...env,
      },
      stdio: ["ignore", "pipe", "pipe"],
    });
    this.#process.stdout.setEncoding("utf8").on("data", (text) => {
      this.stdout += text;
    });
    this.#process.stderr.setEncoding("utf8").on("data", (text) => {
      this.stderr += text;
    });
    this.#ended = once(this.#process, "close");
    onTestFinished(() => void this.#process.kill("SIGKILL"));
  }

  /** Waits until the output, of both streams, holds the text; fails after two minutes. */
  async waitFor(text: string): Promise<void> {
    const end = performance.now() + 120_000;
    while (!(this.stdout + this.stderr).includes(text)) {
      const { exitCode } = this.#process;
      if (exitCode !== null || performance.now() > end) {
        throw new Error(`no "${text}" (exit ${exitCode}) in:\n${this.stdout}\n${this.stderr}`);
      }
      await sleep(20);
    }
  }

  send(signal: "SIGINT" | "SIGTERM"): void {
    this.#process.kill(signal);
  }

  closeStdout(): void {
    this.#process.stdout.destroy();
  }

  async end(): Promise<CliResult> {
    const [code] = await this.#ended;
    return {
      code: typeof code === "number" ? code : null,
      stdout: this.stdout,
      stderr: this.stderr,
    };
  }
}

function buildCommand(
  args: readonly string[],
  { uid, isStranger, columns, redirect = "", nodeOptions = [], maxFiles }: CliOptions,
): string[] {
  const node = [process.execPath, ...nodeOptions, bin, ...args];
  const limit = maxFiles === undefined ? "" : `ulimit -n ${maxFiles} && `;
  const shell = ["sh", "-c", `${limit}exec "$@" ${redirect}`, "sh"];
  const command = limit === "" && redirect === "" ? node : [...shell, ...node];
  if (columns !== undefined) {
    const line = command.map((piece) => `'${piece.replaceAll("'", `'\\''`)}'`).join(" ");
    return ["script", "-qec", `stty cols ${columns} rows 24; exec ${line}`, "/dev/null"];
  }
  if (isStranger) return [...asStranger, ...command];
  // Another user might not reach Node or the command line in a folder of root's.
  return uid === undefined ? command : [...asOwner, ...command];
}

export function runCli(args: readonly string[], options: CliOptions): Promise<CliResult> {
  return new Cli(args, options).end();
}
