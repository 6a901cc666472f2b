import { execFile } from "node:child_process";
import { readdir, stat } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";

const run = promisify(execFile);
// Windows starts .cmd files through its shell alone.
const shell = process.platform === "win32";

// What a script runner tells its scripts would make npm work in this workspace instead.
const env = Object.fromEntries(
  Object.entries(process.env).filter(([name]) => !/^p?npm_/i.test(name)),
);

/** Installs tarballs into a fresh project, without what is optional. */
export async function install(project: string, tarballs: string[]): Promise<void> {
  const order = ["install", "--no-audit", "--no-fund", "--omit=optional", "--omit=peer"];
  // Without a network npm would try for a long time and say nothing.
  await run("npm", [...order, ...tarballs], { cwd: project, shell, env, timeout: 120_000 });
}

/** The bytes of all files below a folder. */
export async function measure(folder: string): Promise<number> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile());
  const sizes = await Promise.all(
    files.map(async ({ parentPath, name }) => (await stat(join(parentPath, name))).size),
  );
  return sizes.reduce((sum, size) => sum + size, 0);
}
