import { isDirectUploadError } from "@clipcourier/core";
import {
  type InputBoxOptions,
  InputBoxValidationSeverity,
  type LogOutputChannel,
  l10n,
  ProgressLocation,
  type Uri,
  window,
  workspace,
} from "vscode";
import { asText } from "../texts/as-text.js";
import { describeError } from "../texts/describe-error.js";
import type { Clients } from "./clients.js";
import type { Service, Services } from "./services.js";

export interface ConnectContext {
  services: Services;
  clients: Clients;
  log: LogOutputChannel;
}

/** For choosing among services, one of which may be started here. */
export interface ChooseContext extends ConnectContext {
  /** Where a service of this machine keeps what it is sent. */
  storage: string;
  /** The folder of the extension. */
  extension: Uri;
}

interface Keys {
  rootUrl: string;
  appId: string;
  appSecret: string;
}

/**
 * Asks for a service's URL, app id and secret, checks them against the service, and stores them
 * when they are valid. `undefined` when the person cancels.
 *
 * @param given what the input boxes hold at first
 */
export async function connect(
  context: ConnectContext,
  given: Partial<Pick<Keys, "rootUrl" | "appId">> = {},
): Promise<Service | undefined> {
  const preset = workspace.getConfiguration("clipcourier").get<string>("serviceUrl", "");
  let known: typeof given = { rootUrl: preset, ...given };
  for (;;) {
    const keys = await askForKeys(known);
    if (keys === undefined) return undefined;
    const failure = await check(context, keys);
    if (failure === undefined) return keepService(context, keys);
    const { host } = new URL(keys.rootUrl);
    const again = l10n.t("Try Again");
    const message = l10n.t("Not connected to {0}: {1}", host, failure);
    if ((await window.showErrorMessage(asText(message), again)) !== again) return undefined;
    known = keys;
  }
}

/** Stores a service whose keys are valid, and shows that it is connected. */
export async function keepService(
  { services, log }: Pick<ConnectContext, "services" | "log">,
  { appSecret, ...address }: Keys,
  isLocal = false,
): Promise<Service> {
  const service = await services.keep({ ...address, isLocal }, appSecret);
  tellConnected(service, log);
  return service;
}

/** Says which service is used from now on. */
export function tellConnected(service: Service, log: LogOutputChannel): void {
  log.info(`Connected to ${service.rootUrl} as app ${service.appId}`);
  void window.showInformationMessage(asText(l10n.t("Connected to {0}.", service.label)));
}

// Why the keys are not valid; `undefined` when they are.
async function check({ clients, log }: ConnectContext, keys: Keys): Promise<string | undefined> {
  const { host } = new URL(keys.rootUrl);
  const options = {
    location: ProgressLocation.Notification,
    title: l10n.t("Connecting to {0}", host),
    cancellable: true,
  };
  return window.withProgress(options, async (_progress, token) => {
    const controller = new AbortController();
    token.onCancellationRequested(() => controller.abort());
    try {
      await using client = await clients.create(keys);
      // A person waits for the answer, so a failure is reported soon.
      await client.signIn(undefined, { signal: controller.signal, retry: { attempts: 2 } });
      return undefined;
    } catch (error) {
      log.error(`Not connected to ${keys.rootUrl}: ${String(error)}`);
      return isDirectUploadError(error, "unauthorized")
        ? l10n.t("it refuses the app id or the secret. Check both.")
        : describeError(error, host);
    }
  });
}

async function askForKeys(known: Partial<Keys>): Promise<Keys | undefined> {
  const rootUrl = await ask(1, {
    prompt: l10n.t("The URL of the service, with its version"),
    placeHolder: "https://clips.example.com/v2.7",
    value: known.rootUrl ?? "",
    validateInput: checkUrl,
  });
  if (rootUrl === undefined) return undefined;
  const appId = await ask(2, {
    prompt: l10n.t("The id of the app, as the service gave it"),
    value: known.appId ?? "",
    validateInput: checkKey,
  });
  if (appId === undefined) return undefined;
  const appSecret = await ask(3, {
    prompt: l10n.t("The secret of the app. It is kept in the editor's secret storage."),
    password: true,
    validateInput: checkKey,
  });
  if (appSecret === undefined) return undefined;
  return { rootUrl: new URL(rootUrl).href, appId, appSecret };
}

async function ask(step: number, options: InputBoxOptions): Promise<string | undefined> {
  const title = l10n.t("Connect to a Service ({0}/{1})", step, 3);
  const answer = await window.showInputBox({ ...options, title, ignoreFocusOut: true });
  return answer?.trim();
}

const loopbackHosts = /^(127(\.\d+){3}|localhost|\[::1\])$/;

function checkUrl(value: string): ReturnType<NonNullable<InputBoxOptions["validateInput"]>> {
  const url = URL.canParse(value.trim()) ? new URL(value.trim()) : undefined;
  if (url === undefined || !/^https?:$/.test(url.protocol)) {
    return l10n.t("An http or https URL is wanted, such as {0}", "https://clips.example.com/v2.7");
  }
  if (url.username || url.password || url.search || url.hash) {
    return l10n.t("The URL must hold no user, password, query or fragment.");
  }
  if (url.protocol === "http:" && !loopbackHosts.test(url.hostname)) {
    return {
      message: l10n.t("Plain http shows the secret and the videos to everyone on the way."),
      severity: InputBoxValidationSeverity.Warning,
    };
  }
  return undefined;
}

function checkKey(value: string): string | undefined {
  if (/^[\x21-\x7e]+$/.test(value.trim())) return undefined;
  return l10n.t("It has letters, digits and signs without spaces.");
}
