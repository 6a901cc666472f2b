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

/**
 * What npm says of a package: one field, such as `version` or `dist-tags.latest`.
 *
 * @param wanted `name`, or `name@version`
 * @returns nothing where npm does not have it
 */
export async function viewField(wanted: string, field: string): Promise<string | undefined> {
  try {
    const answer = await npm("view", wanted, field, "--json", "--prefer-online");
    return answer.trim() === "" ? undefined : JSON.parse(answer);
  } catch (error) {
    if (/"code": "E404"|code E404/.test(String((error as { stdout?: string }).stdout) + error)) {
      return undefined;
    }
    throw error;
  }
}
