import { rm } from "node:fs/promises";
import path from "node:path";
import { openEmbeddedApp } from "./embedded-app.js";
import { hasCode, readKept, replaceKept } from "./kept-file.js";

// Milliseconds.
const answerTime = 2_000;

/**
 * The content of the file that `--ready-file` names. It is written in one step when the service is
 * up, so that the program that started `serve` can wait for it. The keys are those of the embedded
 * app, which stay the same after a restart.
 */
export interface ReadyFile {
  rootUrl: string;
  appId: string;
  appSecret: string;
  /** The process that runs the service. */
  pid: number;
}

/**
 * Removes the file of an earlier run: another service may use that port by now. Throws when it
 * belongs to a service that is running.
 */
export async function removeReadyFile(file: string): Promise<void> {
  await refuseLiveOwner(file);
  await changeReadyFile(file, () => rm(file, { force: true }));
}

/** @param rootUrl the address at which a program on this machine reaches the service */
export async function writeReadyFile(file: string, folder: string, rootUrl: string): Promise<void> {
  const ready: ReadyFile = { rootUrl, ...(await openEmbeddedApp(folder)), pid: process.pid };
  await refuseLiveOwner(file);
  await changeReadyFile(file, () => replaceKept(file, ready));
}

async function changeReadyFile(file: string, change: () => Promise<void>): Promise<void> {
  try {
    await change();
  } catch (error) {
    const code = error instanceof Error && "code" in error ? String(error.code) : "unknown error";
    throw new Error(
      `--ready-file: ${path.resolve(file)} cannot be written (${code}), so the service is not ` +
        "running. Name a file in a folder that exists and that you may write to.",
    );
  }
}

async function refuseLiveOwner(file: string): Promise<void> {
  // A file that cannot be read as such belongs to nobody.
  const kept = await readKept(file).catch(() => undefined);
  const { rootUrl, pid } = (kept ?? {}) as Partial<Record<keyof ReadyFile, unknown>>;
  if (typeof rootUrl !== "string" || typeof pid !== "number" || pid === process.pid) return;
  if (!isProcess(pid) || !(await isAnswering(rootUrl))) return;
  throw new Error(
    `--ready-file: ${path.resolve(file)} belongs to the service at ${rootUrl}, which is running as ` +
      `process ${pid}. Stop that one first, or name another file.`,
  );
}

function isProcess(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // It is there, and belongs to another user.
    return hasCode(error, "EPERM");
  }
}

/** The number of a process that has ended may be another program's by now. */
async function isAnswering(rootUrl: string): Promise<boolean> {
  try {
    await fetch(new URL("/healthz", rootUrl), { signal: AbortSignal.timeout(answerTime) });
    return true;
  } catch (error) {
    return error instanceof DOMException && error.name === "TimeoutError";
  }
}
