import { writeSync } from "node:fs";
import { endGroup } from "./process-group.js";

/** What the child writes to stderr before it ends itself for using too much memory. */
export const memoryLimitMark = "clipcourier: memory limit\n";

const stderrDescriptor = 2;

/** Ends this child process and its programs, and leaves the reason on stderr. */
export function endForMemory(): void {
  // Written to the descriptor: in a worker, process.stderr goes through the main thread.
  writeSync(stderrDescriptor, memoryLimitMark);
  endGroup(process.pid);
}
