import { l10n, type QuickPickItem, QuickPickItemKind, window } from "vscode";
import { tryLocally } from "../local-service/try-locally.js";
import { type ChooseContext, type ConnectContext, connect } from "./connect.js";
import type { Service } from "./services.js";

interface Choice extends QuickPickItem {
  choose(): Promise<Service | undefined>;
}

/** The active service. Without one, asks to connect to one; `undefined` when the person cancels. */
export async function requireService(context: ChooseContext): Promise<Service | undefined> {
  const { active } = context.services;
  if (active !== undefined) return active;
  const choices = listWaysToConnect(context);
  const title = l10n.t("Where should clips go?");
  const chosen = await window.showQuickPick(choices, { title, ignoreFocusOut: true });
  return chosen?.choose();
}

/** Asks which service is to be the active one; a new one can be connected to. */
export async function switchService(context: ChooseContext): Promise<void> {
  const { services } = context;
  const known = services.list().map((service): Choice => {
    const isActive = service.id === services.active?.id;
    return {
      label: `${isActive ? "$(check) " : ""}${service.label}`,
      description: service.appId,
      detail: service.rootUrl,
      async choose() {
        await services.activate(service);
        return service;
      },
    };
  });
  const separator: Choice = {
    label: "",
    kind: QuickPickItemKind.Separator,
    choose: async () => undefined,
  };
  const choices = [...known, separator, ...listWaysToConnect(context)];
  const title = l10n.t("Which service should clips go to?");
  await (await window.showQuickPick(choices, { title, matchOnDetail: true }))?.choose();
}

function listWaysToConnect(context: ChooseContext): Choice[] {
  return [
    {
      label: l10n.t("Connect to a service…"),
      detail: l10n.t("With its URL, an app id and a secret"),
      choose: () => connect(context),
    },
    {
      label: l10n.t("Try it locally"),
      detail: l10n.t("Starts a service in a terminal; clips stay on this machine"),
      choose: () => tryLocally(context),
    },
  ];
}

/** Forgets a service and its secret, after asking. */
export async function disconnect({ services, log }: ConnectContext): Promise<void> {
  const service = await pickService(services.list());
  if (service === undefined) return;
  const yes = l10n.t("Disconnect");
  const question = l10n.t("Forget {0} and its secret?", service.label);
  const detail = l10n.t("Its clips stay where they are.");
  const options = { modal: true, detail };
  if ((await window.showWarningMessage(question, options, yes)) !== yes) return;
  await services.forget(service);
  log.info(`Disconnected from ${service.rootUrl}`);
}

async function pickService(services: readonly Service[]): Promise<Service | undefined> {
  if (services.length <= 1) return services[0];
  const items = services.map((service) => ({
    label: service.label,
    description: service.appId,
    service,
  }));
  const title = l10n.t("Which service should be forgotten?");
  return (await window.showQuickPick(items, { title }))?.service;
}
