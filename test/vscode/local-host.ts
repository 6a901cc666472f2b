import { glob, readFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect } from "vitest";
import { type ExtensionHost, type HostOptions, useExtensionHost } from "./extension-host.ts";
import type { Notice } from "./workbench/notifications.ts";

/** The command line of this repository. */
export const commandLine = fileURLToPath(
  new URL("../../packages/cli/dist/bin.js", import.meta.url),
);

const setting = "clipcourier.localCommand";

/** An extension host for *Try It Locally*. After each test nothing of it is left running. */
export interface LocalHost {
  readonly host: ExtensionHost;
  /** Runs it with this command; without one, with the default of the setting. */
  tryLocally(command?: string[]): Promise<void>;
  /** Waits for the message that says why nothing was started. */
  findFailure(text: string): Promise<Notice>;
  /** Waits until a service is connected to. */
  waitUntilConnected(): Promise<void>;
  /** The text of the log. */
  readLog(): Promise<string>;
}

export function useLocalHost(
  options: Pick<HostOptions, "variables" | "showsDialogs"> = {},
): LocalHost {
  const host = useExtensionHost({
    ...options,
    // Else the text of a terminal is a picture.
    settings: { "terminal.integrated.gpuAcceleration": "off" },
    async cleanUp() {
      await host.workbench.notifications.dismissAll();
      await running;
      await host.call("closeTerminals");
      if (address !== undefined) await waitUntilClosed(address);
      address = undefined;
      await host.call("changeSettings", { [setting]: null });
    },
  });
  let running: Promise<unknown> | undefined;
  let address: string | undefined;
  const readLog = async () => {
    const { userData } = host.editor;
    let log = "";
    for await (const name of glob("**/Clipcourier.log", { cwd: userData })) {
      log += await readFile(join(userData, name), "utf8");
    }
    return log;
  };
  return {
    host,
    async tryLocally(command) {
      await host.call("changeSettings", { [setting]: command ?? null });
      // It ends when its message is answered.
      running = host.call("runCommand", "clipcourier.tryLocally");
    },
    async findFailure(text) {
      const notice = await host.workbench.notifications.find(text);
      expect(await notice.readButtons()).toEqual(["Retry", "Show Log"]);
      return notice;
    },
    async waitUntilConnected() {
      const { notifications } = host.workbench;
      const notice = await notifications.find(/Connected to \S+:\d+\./).catch(async (cause) => {
        const texts = await notifications.readAll();
        throw new Error([...texts, await readLog()].join("\n"), { cause });
      });
      address = /Connected to (\S+:\d+)\./.exec(await notice.read())?.[1];
      expect(await isAnswering(address)).toBe(true);
    },
    readLog,
  };
}

async function waitUntilClosed(address: string): Promise<void> {
  await expect.poll(() => isAnswering(address)).toBe(false);
}

async function isAnswering(address: string | undefined): Promise<boolean> {
  return await fetch(`http://${address}/`).then(
    () => true,
    () => false,
  );
}
