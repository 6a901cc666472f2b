import { readFileSync, readlinkSync } from "node:fs";
import { hostname } from "node:os";

/**
 * Names where a process id means the same process: a machine since it was started, and there one
 * container. The host name alone does not do: containers can share it, each with processes of its own.
 */
export function namePidSpace(): string {
  const boot = readOrEmpty(() => readFileSync("/proc/sys/kernel/random/boot_id", "utf8").trim());
  const space = readOrEmpty(() => readlinkSync("/proc/self/ns/pid"));
  return [hostname(), boot, space].join(" ");
}

/** Only Linux has these files, and only there are there containers. */
function readOrEmpty(read: () => string): string {
  try {
    return read();
  } catch {
    return "";
  }
}
