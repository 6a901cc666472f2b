import { rm } from "node:fs/promises";
import path from "node:path";
import { openEmbeddedApp } from "./embedded-app.js";
import { replaceKept } from "./kept-file.js";

/**
 * What `--ready-file` names: a sign for the program that started `serve`. It appears as a whole,
 * when the service is up, with the keys of the embedded app, which stay the same over restarts.
 */
export interface ReadyFile {
  rootUrl: string;
  appId: string;
  appSecret: string;
}

/** Takes away what an earlier run left: its port may be another service's by now. */
export async function removeReadyFile(file: string): Promise<void> {
  await changeReadyFile(file, () => rm(file, { force: true }));
}

/** @param rootUrl the service's, as a program on this machine reaches it */
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
