import { execFile } from "node:child_process";
import { promisify } from "node:util";

const run = promisify(execFile);

/** Runs the pnpm that runs this script, else the newest of its major version, and returns what it printed. */
export async function pnpm(folder: string, ...args: string[]): Promise<string> {
  const running = process.env.npm_execpath ?? "";
  const options = { cwd: folder, maxBuffer: 64 * 1024 * 1024 };
  if (!/pnpm[^/\\]*$/.test(running)) {
    // Windows starts .cmd files through its shell alone.
    const shell = process.platform === "win32";
    return (await run("npx", ["-y", "pnpm@12", ...args], { ...options, shell })).stdout;
  }
  const isScript = /\.[cm]?js$/.test(running);
  const [program, order] = isScript ? [process.execPath, [running, ...args]] : [running, args];
  return (await run(program, order, options)).stdout;
}
