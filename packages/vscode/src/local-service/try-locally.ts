import { stripVTControlCharacters } from "node:util";
import { commands, l10n, ProgressLocation, type Terminal, window, workspace } from "vscode";
import { type ChooseContext, keepService, tellConnected } from "../services/connect.js";
import type { Service } from "../services/services.js";
import { asText } from "../texts/as-text.js";
import { describeFailure } from "./describe-failure.js";
import { findProgram } from "./find-program.js";
import type { ReadyFile } from "./ready-file.js";
import { startService, startTimeout } from "./start-service.js";

/** A service that was not started, and the terminal that shows why. */
interface Failed {
  message: string;
  terminal?: Terminal;
}

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
  for (;;) {
    const started = await start(context).catch((error: unknown) => ({
      message: error instanceof Error ? error.message : String(error),
    }));
    if (started === undefined) return undefined;
    if ("rootUrl" in started) return keep(context, started);
    context.log.error(`Try It Locally: ${started.message}`);
    if (!(await askToRetry(started, context))) return undefined;
  }
}

// The service of an earlier start can still be running in its terminal.
async function findRunning({
  services,
  clients,
  log,
}: ChooseContext): Promise<Service | undefined> {
  const known = services.list().find(({ isLocal }) => isLocal);
  if (known === undefined) return undefined;
  try {
    await using client = await clients.open(known);
    await client.signIn(undefined, { retry: { attempts: 1 } });
  } catch {
    return undefined;
  }
  await services.activate(known);
  tellConnected(known, log);
  return known;
}

async function refuseRestricted(): Promise<void> {
  const manage = l10n.t("Manage Workspace Trust");
  const message = l10n.t("In Restricted Mode no service is started on this machine.");
  if ((await window.showWarningMessage(message, manage)) === manage) {
    await commands.executeCommand("workbench.trust.manage");
  }
}

/** `undefined` when the person cancels. */
async function start(context: ChooseContext): Promise<ReadyFile | Failed | undefined> {
  const { storage, extension, log } = context;
  const program = await findProgram(extension, log);
  const options = {
    location: ProgressLocation.Notification,
    title: l10n.t("Starting a service on this machine"),
    cancellable: true,
  };
  const started = await window.withProgress(options, (_progress, token) => {
    const controller = new AbortController();
    token.onCancellationRequested(() => controller.abort());
    return startService({ program, storage, extension, signal: controller.signal });
  });
  switch (started.outcome) {
    case "up":
      return started.ready;
    case "cancelled":
      log.info("Try It Locally: cancelled");
      return undefined;
    case "late": {
      const message = l10n.t(
        "The service did not start in {0} s. Its terminal shows what it does.",
        startTimeout / 1000,
      );
      return { message, terminal: started.terminal };
    }
    case "ended": {
      const { result, terminal } = started;
      const output = stripVTControlCharacters(result.output).trimEnd();
      if (output !== "") log.error(`Try It Locally: the last lines of ${program.name}:\n${output}`);
      return { message: describeFailure({ ...result, output }, program), terminal };
    }
  }
}

async function keep(context: ChooseContext, { missing, ...keys }: ReadyFile): Promise<Service> {
  const service = await keepService(context, keys, true);
  if (missing === undefined) return service;
  context.log.warn(`Try It Locally: clips get no pictures: ${missing}`);
  void window.showWarningMessage(
    l10n.t(
      "Clips of the local service get no thumbnails and previews: it found no FFmpeg that it can use. Install FFmpeg 5.1 or newer, close the terminal of the service, and try it locally again.",
    ),
  );
  return service;
}

async function askToRetry({ message, terminal }: Failed, { log }: ChooseContext): Promise<boolean> {
  const retry = l10n.t("Retry");
  const showLog = l10n.t("Show Log");
  const answer = await window.showErrorMessage(asText(message), retry, showLog);
  if (answer === showLog) log.show();
  // The next try gets a terminal of its own.
  if (answer === retry) terminal?.dispose();
  return answer === retry;
}
