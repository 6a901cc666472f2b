import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** A program with its arguments and environment. */
export interface Command {
  program: string;
  args: readonly string[];
  env?: Record<string, string>;
}

/** What a process and its children used. */
export interface Measurement {
  wallSeconds: number;
  /** User and system. */
  cpuSeconds: number;
  /** The peak of the largest process. */
  rssMebibytes: number;
}

/**
 * Runs a command to its end under `time`, which measures every program in the same way.
 *
 * @throws Error with the end of its output, when it fails.
 */
export async function measure({ program, args, env = {} }: Command): Promise<Measurement> {
  const folder = await mkdtemp(join(tmpdir(), "clipcourier-time-"));
  const facts = join(folder, "facts");
  try {
    const start = performance.now();
    const child = spawn("/usr/bin/time", ["-q", "-f", "%U %S %M", "-o", facts, program, ...args], {
      stdio: ["ignore", "pipe", "pipe"],
      env: { PATH: process.env.PATH, HOME: folder, ...env },
    });
    const output: Buffer[] = [];
    child.stdout.on("data", (chunk: Buffer) => output.push(chunk));
    child.stderr.on("data", (chunk: Buffer) => output.push(chunk));
    const exited = once(child, "exit").then(([code]) => ({ code, end: performance.now() }));
    await once(child, "close");
    const { code, end } = await exited;
    if (code !== 0) {
      const text = Buffer.concat(output).toString().trim().slice(-1000);
      throw new Error(`${program} ended with ${code}: ${text}`);
    }
    const [user = 0, system = 0, kibibytes = 0] = (await readFile(facts, "utf8"))
      .trim()
      .split(" ")
      .map(Number);
    return {
      wallSeconds: (end - start) / 1000,
      cpuSeconds: user + system,
      rssMebibytes: kibibytes / 1024,
    };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
