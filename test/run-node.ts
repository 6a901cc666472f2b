import { spawn } from "node:child_process";
import { once } from "node:events";
import { text } from "node:stream/consumers";
import { onTestFinished } from "vitest";

export interface NodeResult {
  code: number | null;
  stdout: string;
  stderr: string;
}

/** Runs a script of Node's until it ends, with none of this machine's settings but those given. */
export async function runNode(
  args: readonly string[],
  env: Record<string, string> = {},
): Promise<NodeResult> {
  const { PATH, SystemRoot } = process.env;
  const child = spawn(process.execPath, args, {
    env: { PATH, SystemRoot, ...env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  onTestFinished(() => void child.kill("SIGKILL"));
  const ended = once(child, "close");
  const [stdout, stderr] = await Promise.all([text(child.stdout), text(child.stderr)]);
  const [code] = await ended;
  return { code, stdout, stderr };
}
