import { readdir, readFile } from "node:fs/promises";
import { setTimeout as sleep } from "node:timers/promises";

/** The variable that marks an editor's processes, including its terminals. */
export const processMark = "CLIPCOURIER_TEST_EDITOR";

/** Ends every process that has inherited this mark, whatever group or session it is in. */
export async function endProcessesOf(mark: string): Promise<void> {
  const deadline = performance.now() + 120_000;
  for (;;) {
    const pids = await findProcesses(mark);
    if (pids.length === 0) return;
    if (performance.now() > deadline) throw new Error(`Processes stay: ${pids.join(" ")}`);
    for (const pid of pids) end(pid);
    await sleep(20);
  }
}

/** Kills the processes with this mark and this argument, and returns their number. */
export async function killProcessesWith(argument: string, mark: string): Promise<number> {
  let killed = 0;
  for (const pid of await findProcesses(mark)) {
    const line = await readFile(`/proc/${pid}/cmdline`, "latin1").catch(() => "");
    if (!line.split("\0").includes(argument)) continue;
    end(pid);
    killed += 1;
  }
  return killed;
}

async function findProcesses(mark: string): Promise<number[]> {
  const names = (await readdir("/proc")).filter((name) => /^\d+$/.test(name));
  const checked = await Promise.all(
    names.map(async (name) => {
      // The process has ended meanwhile, or belongs to another user.
      const env = await readFile(`/proc/${name}/environ`, "latin1").catch(() => "");
      return env.split("\0").includes(`${processMark}=${mark}`) ? [Number(name)] : [];
    }),
  );
  return checked.flat();
}

function end(pid: number): void {
  try {
    process.kill(pid, "SIGKILL");
  } catch {
    // The process has ended meanwhile.
  }
}
