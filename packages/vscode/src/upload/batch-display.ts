import { BatchMeter, type FileEnd, toPercent } from "@clipcourier/batch";
import type { BatchProgress, RetryEvent } from "@clipcourier/core";
import type { Progress } from "vscode";
import { describeProgress } from "./describe-batch.js";
import { Outage } from "./outage.js";
import type { RunningStatus } from "./running-status.js";

export interface BatchDisplayOptions {
  /** The id of the batch. */
  id: string;
  /** The name of the service. */
  service: string;
  /** That of the notification. */
  progress: Progress<{ message?: string; increment?: number }>;
  status: RunningStatus;
}

/** Shows how far a batch is, in its progress notification and in the status bar. */
export class BatchDisplay implements Disposable {
  readonly #options: BatchDisplayOptions;
  readonly #outage = new Outage(() => this.#show());
  #meter = new BatchMeter([]);
  /** Percent that the notification shows. */
  #shown = 0;

  constructor(options: BatchDisplayOptions) {
    this.#options = options;
  }

  /** @param sizes bytes of each file that is uploaded */
  open(sizes: readonly number[]): void {
    this.#meter = new BatchMeter(sizes);
    this.#show();
  }

  update(progress: BatchProgress): void {
    this.#meter.update(progress);
    this.#show();
  }

  /** A request has failed and is going to be made again. */
  fail(event: RetryEvent): void {
    this.#outage.fail(event, this.#meter.view());
  }

  finish(index: number, end: FileEnd): void {
    this.#meter.finish(index, end);
    this.#show();
  }

  [Symbol.dispose](): void {
    this.#outage[Symbol.dispose]();
  }

  #show(): void {
    const { id, service, progress, status } = this.#options;
    const view = this.#meter.view();
    this.#outage.update(view);
    const unreachable = this.#outage.isOn ? service : undefined;
    const percent = toPercent(view.acknowledged, view.total);
    const message = describeProgress(view, unreachable);
    progress.report({ message, increment: percent - this.#shown });
    this.#shown = percent;
    status.update(id, { view, unreachable });
  }
}
