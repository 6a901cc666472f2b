import { type BatchView, toPercent } from "@clipcourier/batch";
import { type Disposable, l10n, MarkdownString, StatusBarAlignment, window } from "vscode";
import { currentFile, describeOutage } from "./describe-batch.js";

/** What is shown of a batch. */
interface BatchState {
  view: BatchView;
  /** The name of the service, where the batch waits until it can be reached. */
  unreachable: string | undefined;
}

/** The status bar item for all uploads that are running. A click opens the log, its tooltip cancels. */
export class RunningStatus implements Disposable {
  readonly #item = window.createStatusBarItem("clipcourier.running", StatusBarAlignment.Left, 1);
  readonly #batches = new Map<string, BatchState | undefined>();

  constructor() {
    this.#item.name = l10n.t("Clipcourier: Running Uploads");
    this.#item.command = "clipcourier.showLog";
  }

  /** @param state `undefined` until the files of the batch are opened */
  update(id: string, state: BatchState | undefined): void {
    this.#batches.set(id, state);
    const states = [...this.#batches.values()].filter((one) => one !== undefined);
    const views = states.map(({ view }) => view);
    const unreachable = states.flatMap((one) => one.unreachable ?? []);
    const file = views.reduce((sum, one) => sum + currentFile(one), 0) || 1;
    const count = views.reduce((sum, one) => sum + one.count, 0) || 1;
    const total = views.reduce((sum, one) => sum + one.total, 0);
    const done = views.reduce((sum, one) => sum + one.acknowledged, 0);
    const percent = toPercent(done, total);
    const icon = unreachable.length === 0 ? "$(sync~spin)" : "$(warning)";
    this.#item.text = `${icon} ${l10n.t("Clip {0}/{1} {2}%", file, count, percent)}`;
    const label = [
      l10n.t("Uploading clips: file {0} of {1}, {2} %", file, count, percent),
      ...new Set(unreachable.map(describeOutage)),
    ].join("\n");
    this.#item.tooltip = describeItem(label);
    this.#item.accessibilityInformation = { label, role: "button" };
    this.#item.show();
  }

  remove(id: string): void {
    this.#batches.delete(id);
    if (this.#batches.size === 0) this.#item.hide();
  }

  dispose(): void {
    this.#item.dispose();
  }
}

function describeItem(label: string): MarkdownString {
  const tooltip = new MarkdownString();
  tooltip.isTrusted = { enabledCommands: ["clipcourier.cancelUploads"] };
  tooltip.appendText(`${label}\n${l10n.t("Click to show the log.")}`);
  const cancel = l10n.t("Cancel Uploads");
  return tooltip.appendMarkdown(`\n\n[${cancel}](command:clipcourier.cancelUploads)`);
}
