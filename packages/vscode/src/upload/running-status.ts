import { type BatchView, toPercent } from "@clipcourier/batch";
import { type Disposable, l10n, StatusBarAlignment, window } from "vscode";
import { currentFile } from "./describe-batch.js";

/** The status bar item for all uploads that are running. A click opens the log. */
export class RunningStatus implements Disposable {
  readonly #item = window.createStatusBarItem("clipcourier.running", StatusBarAlignment.Left, 1);
  readonly #batches = new Map<string, BatchView | undefined>();

  constructor() {
    this.#item.name = l10n.t("Clipcourier: Running Uploads");
    this.#item.command = "clipcourier.showLog";
  }

  update(id: string, view: BatchView | undefined): void {
    this.#batches.set(id, view);
    const views = [...this.#batches.values()].filter((one) => one !== undefined);
    const file = views.reduce((sum, one) => sum + currentFile(one), 0) || 1;
    const count = views.reduce((sum, one) => sum + one.count, 0) || 1;
    const total = views.reduce((sum, one) => sum + one.total, 0);
    const done = views.reduce((sum, one) => sum + one.acknowledged, 0);
    const percent = toPercent(done, total);
    this.#item.text = `$(sync~spin) ${l10n.t("Clip {0}/{1} {2}%", file, count, percent)}`;
    const label = l10n.t("Uploading clips: file {0} of {1}, {2} %", file, count, percent);
    this.#item.tooltip = `${label}\n${l10n.t("Click to show the log.")}`;
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
