import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { closeSync, openSync } from "node:fs";
import { readFile } from "node:fs/promises";

/** A server process that ends with this process at the latest. */
export class Daemon {
  readonly #child: ChildProcess;
  readonly #output: string;

  constructor(command: string, args: readonly string[], output: string) {
    this.#output = output;
    const file = openSync(output, "w");
    // The kernel ends the server with its parent, so that a killed test run leaves none behind.
    const guarded = ["--pdeathsig", "KILL", command, ...args];
    this.#child = spawn("setpriv", guarded, { stdio: ["ignore", file, file] });
    closeSync(file);
    this.#child.on("error", () => {});
  }

  /** @throws Error with the last lines of the output, when the process has ended by itself. */
  async checkRunning(): Promise<void> {
    const { exitCode, signalCode, spawnfile, pid } = this.#child;
    if (pid !== undefined && exitCode === null && signalCode === null) return;
    const output = await readFile(this.#output, "utf8");
    const ending = exitCode ?? signalCode ?? "could not start";
    throw new Error(`${spawnfile} ended (${ending}):\n${output.split("\n").slice(-20).join("\n")}`);
  }

  async stop(): Promise<void> {
    const { exitCode, signalCode, pid } = this.#child;
    if (pid === undefined || exitCode !== null || signalCode !== null) return;
    const exited = once(this.#child, "exit");
    this.#child.kill("SIGKILL");
    await exited;
  }
}
