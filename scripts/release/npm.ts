import { execFile } from "node:child_process";
import { promisify } from "node:util";

const run = promisify(execFile);

// What a script runner tells its scripts would make npm work in this workspace instead.
const env = Object.fromEntries(
  Object.entries(process.env).filter(
    ([name]) => !/^p?npm_(?!config_(?:registry|cache|userconfig)$)/i.test(name),
  ),
);

/** Runs npm and returns what it printed. */
export async function npm(...args: string[]): Promise<string> {
  // Windows starts .cmd files through its shell alone.
  const shell = process.platform === "win32";
  const { stdout } = await run("npm", args, { env, shell, maxBuffer: 64 * 1024 * 1024 });
  return stdout;
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
