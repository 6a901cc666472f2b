import { type Disposable, l10n, StatusBarAlignment, window } from "vscode";
import type { Services } from "./services.js";

/** The status bar item with the name of the active service. A click chooses another one. */
export function showService(services: Services): Disposable[] {
  const item = window.createStatusBarItem("clipcourier.service", StatusBarAlignment.Right, 50);
  item.name = l10n.t("Clipcourier: Service");
  item.command = "clipcourier.switchService";
  const update = () => {
    const { active } = services;
    if (active === undefined) return item.hide();
    item.text = `$(cloud) ${active.label}`;
    const label = l10n.t("Clips go to {0}", active.rootUrl);
    item.tooltip = `${label}\n${l10n.t("Click to choose another service.")}`;
    item.accessibilityInformation = { label, role: "button" };
    item.show();
  };
  update();
  return [item, services.onDidChange(update)];
}
