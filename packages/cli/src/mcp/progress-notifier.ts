import { BatchMeter, describeBatch } from "@clipcourier/batch";
import type { UploadProgress } from "@clipcourier/core";
import type { ServerContext } from "@modelcontextprotocol/server";

const total = 100;
// What is left is the wait for the clip, of which nobody knows how long it lasts.
const untilStored = 95;

/** Tells a client how far an upload is, if it has asked for that. */
export class ProgressNotifier {
  readonly #call: ServerContext;
  readonly #meter: BatchMeter;
  #last = 0;
  #message = "";

  /** @param size bytes of the file */
  constructor(call: ServerContext, size: number) {
    this.#call = call;
    this.#meter = new BatchMeter([size]);
  }

  report(state: UploadProgress): void {
    const { _meta, notify } = this.#call.mcpReq;
    const progressToken = _meta?.progressToken;
    if (progressToken === undefined) return;
    this.#meter.update({ ...state, index: 0 });
    const view = this.#meter.view();
    const message = describeBatch(view);
    const share = view.total === 0 ? 0 : (view.read + view.acknowledged) / (2 * view.total);
    const progress = this.#grow(untilStored * share, message);
    if (progress === undefined) return;
    const params = { progressToken, progress, total, message };
    // A client that is gone needs no progress.
    notify({ method: "notifications/progress", params }).catch(() => {});
  }

  /** The figure has to grow with each notification, also where only the text is new. */
  #grow(figure: number, message: string): number | undefined {
    if (figure <= this.#last && message === this.#message) return undefined;
    this.#message = message;
    this.#last = figure > this.#last ? figure : this.#last + (total - this.#last) / 1_000;
    return this.#last;
  }
}
