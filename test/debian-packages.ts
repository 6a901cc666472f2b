import { execFileSync, spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** A Debian package and a file that is there when it is installed. */
export interface DebianPackage {
  name: string;
  file: string;
}

/**
 * Installs what is missing, with Debian's apt-get and as root only.
 *
 * @throws Error that names the command to run, where this process may not install.
 */
export function ensureDebianPackages(packages: readonly DebianPackage[]): void {
  const missing = packages.filter(({ file }) => !existsSync(file)).map(({ name }) => name);
  if (missing.length === 0) return;
  const remedy = `apt-get install -y --no-install-recommends ${missing.join(" ")}`;
  const hasApt = spawnSync("apt-get", ["--version"]).status === 0;
  if (!hasApt) throw new Error(`Missing: ${missing.join(", ")}. This needs Debian 12 (${remedy}).`);
  if (process.getuid?.() !== 0) throw new Error(`Missing: ${missing.join(", ")}. Run: ${remedy}`);
  console.error(`Installing from Debian: ${missing.join(" ")}`);
  runApt("update", "-qq");
  runApt("install", "-y", "-qq", "--no-install-recommends", ...missing);
}

/** One at a time: apt-get ends where another process holds its lists, and suites run side by side. */
function runApt(...args: string[]): void {
  const env = { ...process.env, DEBIAN_FRONTEND: "noninteractive" };
  const lock = join(tmpdir(), "clipcourier-apt.lock");
  execFileSync("flock", [lock, "apt-get", ...args], {
    env,
    stdio: ["ignore", "ignore", "inherit"],
  });
}
