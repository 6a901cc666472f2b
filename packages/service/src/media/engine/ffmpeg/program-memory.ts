import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { promisify } from "node:util";

/** Milliseconds. `/proc` is read in microseconds, `ps` is a program of its own. */
const intervals = { proc: 20, ps: 250 };

/**
 * Watches the memory of this process and of the programs that it runs, and calls `onOver` once they
 * hold more together than `limit` bytes. On Windows nothing is watched: there FFmpeg's own limit for
 * one allocation has to do.
 */
export class ProgramMemory {
  /** Bytes. */
  readonly limit: number;
  readonly #pids = new Set<number>();
  readonly #onOver: () => void;
  #timer: NodeJS.Timeout | null = null;

  constructor(limit: number, onOver: () => void) {
    this.limit = limit;
    this.#onOver = onOver;
  }

  add(pid: number): void {
    this.#pids.add(pid);
    if (this.#timer || process.platform === "win32") return;
    const isLinux = process.platform === "linux";
    const look = () => void (isLinux ? this.#check(readProc(this.#pids)) : this.#checkByPs());
    this.#timer = setInterval(look, isLinux ? intervals.proc : intervals.ps);
    this.#timer.unref();
  }

  remove(pid: number): void {
    this.#pids.delete(pid);
    if (this.#pids.size > 0 || !this.#timer) return;
    clearInterval(this.#timer);
    this.#timer = null;
  }

  #check(held: number): void {
    if (held + process.memoryUsage.rss() > this.limit) this.#onOver();
  }

  async #checkByPs(): Promise<void> {
    const pids = [...this.#pids].join(",");
    try {
      const { stdout } = await promisify(execFile)("ps", ["-o", "rss=", "-p", pids]);
      const kibibytes = stdout.split("\n").reduce((sum, line) => sum + Number(line), 0);
      this.#check(kibibytes * 1024);
    } catch {
      // They have ended meanwhile.
    }
  }
}

function readProc(pids: Iterable<number>): number {
  let kibibytes = 0;
  for (const pid of pids) {
    try {
      const status = readFileSync(`/proc/${pid}/status`, "utf8");
      kibibytes += Number(/^VmRSS:\s+(\d+) kB/m.exec(status)?.[1] ?? 0);
    } catch {
      // It has ended meanwhile.
    }
  }
  return kibibytes * 1024;
}
