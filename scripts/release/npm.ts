import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { promisify } from "node:util";

const run = promisify(execFile);

// What a script runner tells its scripts would make npm work in this workspace instead.
const env = Object.fromEntries(
  Object.entries(process.env).filter(
    ([name]) => !/^p?npm_(?!config_(?:registry|cache|userconfig)$)/i.test(name),
  ),
);
// Windows starts .cmd files through its shell alone.
const shell = process.platform === "win32";

/** Runs npm and returns what it printed. */
export async function npm(...args: string[]): Promise<string> {
  const { stdout } = await run("npm", args, { env, shell, maxBuffer: 64 * 1024 * 1024 });
  return stdout;
}

/**
 * Runs npm with the terminal of this process: it asks a person for a second factor, in a browser or as
 * a code, only where it has one.
 */
export async function npmWithTerminal(...args: string[]): Promise<void> {
  const child = spawn("npm", args, { env, shell, stdio: "inherit" });
  const [code, signal] = await once(child, "close");
  if (code !== 0)
    throw new Error(`npm ${args[0]} failed (${signal ?? code}): see its lines above.`);
}

/** Whether npm has this package, in this version where one is given. */
export async function isPublished(name: string, version?: string): Promise<boolean> {
  const wanted = version === undefined ? name : `${name}@${version}`;
  try {
    return (await npm("view", wanted, "version", "--json", "--prefer-online")).trim() !== "";
  } catch (error) {
    if (/"code": "E404"|code E404/.test(String((error as { stdout?: string }).stdout) + error)) {
      return false;
    }
    throw error;
  }
}
