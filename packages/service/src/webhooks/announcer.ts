import type { Logger } from "pino";
import type { Catalog } from "../catalog/catalog.js";
import type { Clip } from "../catalog/clip-state.js";
import type { Measure } from "../metrics/measure.js";
import { Worker } from "../work/worker.js";
import { createAddressGuard } from "./address-guard.js";
import type { WebhookEvent, WebhookOptions } from "./endpoints.js";
import { Outbox, type OutboxOptions, type Withdraw } from "./outbox.js";
import { WebhookSender } from "./sender.js";

const messagesAtOnce = 8;
const placesForOthers = 4;

/** Tells the receivers of webhooks of a change. */
export interface Announcer {
  /** Records that the change is about to be made; awaited before it. One that is not made is withdrawn. */
  announce(event: WebhookEvent, clip: Clip): Promise<Withdraw>;
  /** The change was made: what tells of it can be sent. */
  wake(): void;
  /** What sends the messages. */
  workers: readonly Worker[];
  close(): Promise<void>;
}

export const noAnnouncer: Announcer = {
  announce: async () => async () => {},
  wake() {},
  workers: [],
  close: async () => {},
};

export interface AnnouncerOptions {
  webhooks?: WebhookOptions | undefined;
  describeClip?: OutboxOptions["describe"];
  logger: Logger;
  measure: Measure;
}

export function openAnnouncer(
  { webhooks, describeClip: describe, logger, measure }: AnnouncerOptions,
  catalog: Catalog,
  now: () => number,
): Announcer {
  if (!webhooks || !describe) return noAnnouncer;
  const { endpoints, allow = [] } = webhooks;
  const sender = new WebhookSender(createAddressGuard(allow));
  const outbox = new Outbox({ endpoints, catalog, sender, logger, now, describe });
  const worker = new Worker({
    ...{ kind: "webhook", list: catalog.deliveries, logger, measure, placesForOthers },
    clipsAtOnce: messagesAtOnce,
    crash: "sending a webhook crashed",
    work: (lease, signal) => outbox.deliver(lease, signal),
  });
  return {
    announce: (event, clip) => outbox.announce(event, clip),
    wake: () => worker.wake(),
    workers: [worker],
    close: () => sender.close(),
  };
}
