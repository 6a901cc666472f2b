/**
 * Whether a child process can lead a group, so that the programs it starts are ended with it. On
 * Windows Node puts what it starts into a job, which ends with the process by itself.
 */
export const hasGroups = process.platform !== "win32";

/** Ends a process that leads a group, and everything that it started, whether it still runs or not. */
export function endGroup(leader: number): void {
  try {
    process.kill(hasGroups ? -leader : leader, "SIGKILL");
  } catch {
    // Nothing of it is left.
  }
}
