import { rm } from "node:fs/promises";
import path from "node:path";
import { openEmbeddedApp } from "./embedded-app.js";
import { replaceKept } from "./kept-file.js";

/**
 * The content of the file that `--ready-file` names. It is written in one step when the service is
 * up, so that the program that started `serve` can wait for it. The keys are those of the embedded
 * app, which stay the same after a restart.
 */
export interface ReadyFile {
  rootUrl: string;
  appId: string;
  appSecret: string;
}

/** Removes the file of an earlier run: another service may use that port by now. */
export async function removeReadyFile(file: string): Promise<void> {
  await changeReadyFile(file, () => rm(file, { force: true }));
}

/** @param rootUrl the address at which a program on this machine reaches the service */
export async function writeReadyFile(file: string, folder: string, rootUrl: string): Promise<void> {
  const ready: ReadyFile = { rootUrl, ...(await openEmbeddedApp(folder)) };
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
