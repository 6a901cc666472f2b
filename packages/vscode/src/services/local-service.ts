import { mkdir, readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import {
  commands,
  l10n,
  ProgressLocation,
  type Terminal,
  type TerminalOptions,
  window,
  workspace,
} from "vscode";
import { Refusal } from "../texts/describe-error.js";
import { type ChooseContext, keepService } from "./connect.js";
import type { Service } from "./services.js";

/** What is used of the file that `clipcourier serve --ready-file` writes when the service is up. */
interface ReadyFile {
  rootUrl: string;
  appId: string;
  appSecret: string;
}

// The first start can include downloading the package.
const startTimeout = 180_000;
const lookInterval = 150;

/**
 * Starts `clipcourier serve` in a terminal of its own and connects to it; `undefined` when it does
 * not start or the person cancels. It starts a program, so it is refused in Restricted Mode.
 */
export async function tryLocally(context: ChooseContext): Promise<Service | undefined> {
  if (!workspace.isTrusted) {
    await refuseRestricted();
    return undefined;
  }
  const running = await findRunning(context);
  if (running !== undefined) return running;
  const options = {
    location: ProgressLocation.Notification,
    title: l10n.t("Starting a service on this machine"),
    cancellable: true,
  };
  try {
    const keys = await window.withProgress(options, (_progress, token) => {
      const controller = new AbortController();
      token.onCancellationRequested(() => controller.abort());
      return startService(context.storage, controller.signal);
    });
    return keys && (await keepService(context, keys, true));
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    context.log.error(message);
    void window.showErrorMessage(message);
    return undefined;
  }
}

// The service of an earlier start can still be running in its terminal.
async function findRunning({ services, clients }: ChooseContext): Promise<Service | undefined> {
  const known = services.list().find(({ isLocal }) => isLocal);
  if (known === undefined) return undefined;
  try {
    await using client = await clients.open(known);
    await client.signIn(undefined, { retry: { attempts: 1 } });
  } catch {
    return undefined;
  }
  await services.activate(known);
  return known;
}

async function refuseRestricted(): Promise<void> {
  const manage = l10n.t("Manage Workspace Trust");
  const message = l10n.t("In Restricted Mode no service is started on this machine.");
  if ((await window.showWarningMessage(message, manage)) === manage) {
    await commands.executeCommand("workbench.trust.manage");
  }
}

async function startService(storage: string, signal: AbortSignal): Promise<ReadyFile | undefined> {
  const folder = join(storage, "local-service");
  const readyFile = join(storage, "local-service-ready.json");
  await mkdir(folder, { recursive: true });
  await rm(readyFile, { force: true });
  const terminal = window.createTerminal(describeTerminal(storage, folder, readyFile));
  terminal.show(true);
  try {
    const keys = await awaitReadyFile(readyFile, terminal, signal);
    if (keys === undefined) terminal.dispose();
    if (keys !== undefined || signal.aborted) return keys;
    throw new Refusal(l10n.t("The service did not start in {0} s.", startTimeout / 1000));
  } finally {
    // It holds the secret, which the secret storage keeps from now on.
    await rm(readyFile, { force: true });
  }
}

function describeTerminal(storage: string, folder: string, readyFile: string): TerminalOptions {
  const command = workspace.getConfiguration("clipcourier").get<string[]>("localCommand", []);
  const [program = "npx", ...args] = command;
  const all = [...args, "serve", "--folder", folder, "--ready-file", readyFile];
  const options = {
    name: l10n.t("Local Clip Service"),
    // Outside of the workspace, because npx would find the packages of the workspace first.
    cwd: storage,
  };
  if (process.platform !== "win32") return { ...options, shellPath: program, shellArgs: all };
  // On Windows npx is a script, which only a shell can start.
  const line = [program, ...all].map((one) => `"${one}"`).join(" ");
  return { ...options, shellPath: "cmd.exe", shellArgs: `/d /s /c "${line}"` };
}

async function awaitReadyFile(
  path: string,
  terminal: Terminal,
  signal: AbortSignal,
): Promise<ReadyFile | undefined> {
  const end = Date.now() + startTimeout;
  while (Date.now() < end && !signal.aborted) {
    const text = await readFile(path, "utf8").catch(() => undefined);
    if (text !== undefined) {
      const { rootUrl, appId, appSecret } = JSON.parse(text) as ReadyFile;
      return { rootUrl, appId, appSecret };
    }
    if (terminal.exitStatus !== undefined) {
      throw new Refusal(
        l10n.t(
          "The service did not start: {0} ended. Node.js 22.19 or newer must be installed, and port 4280 free.",
          "clipcourier serve",
        ),
      );
    }
    await sleep(lookInterval);
  }
  return undefined;
}
