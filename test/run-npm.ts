import { execFile } from "node:child_process";
import { promisify } from "node:util";

const run = promisify(execFile);

// Windows starts .cmd files through its shell alone.
const shell = process.platform === "win32";

// The variables that a script runner sets would make npm work in this workspace instead.
const cleanEnv = Object.fromEntries(
  Object.entries(process.env).filter(([name]) => !/^p?npm_|^NODE_OPTIONS$/i.test(name)),
);

/** What the machine's npm is set to. */
export async function npmSetting(name: string): Promise<string> {
  const { stdout } = await run("npm", ["config", "get", name], { env: cleanEnv, shell });
  return stdout.trim();
}

/** Runs the machine's npm in a folder. */
export async function runNpm(
  folder: string,
  args: readonly string[],
  env: Record<string, string> = {},
): Promise<void> {
  try {
    await run("npm", args, { cwd: folder, env: { ...cleanEnv, ...env }, timeout: 600_000, shell });
  } catch (error) {
    const { stderr = "", message } = error as Error & { stderr?: string };
    const lastLines = (stderr || message).trim().split("\n").slice(-15).join("\n");
    throw new Error(
      `npm ${args.join(" ")} failed in ${folder}. Check that the npm registry can be reached, ` +
        `then run this again.\n${lastLines}`,
      { cause: error },
    );
  }
}
