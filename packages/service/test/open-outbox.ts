import { pino } from "pino";
import { expect, onTestFinished } from "vitest";
import { noStatements, notSeen, noWishes } from "../src/catalog/clip-state.js";
import { StoreCatalog } from "../src/catalog/store-catalog.js";
import type { WebhookEndpoint, WebhookEvent } from "../src/index.js";
import { createAddressGuard } from "../src/webhooks/address-guard.js";
import { Outbox } from "../src/webhooks/outbox.js";
import { WebhookSender } from "../src/webhooks/sender.js";
import { makeFolder, openGround } from "./start-test-service.js";
import { webhookSecret } from "./webhook-receiver.js";

/** A receiver as the options of a service name it. */
export function endpointOf({ url }: { url: string }, more: Partial<WebhookEndpoint> = {}) {
  return { name: "receiver", url, secret: webhookSecret, ...more };
}

/** A sender that closes with the test. */
export function openSender(allow: string[]): WebhookSender {
  const sender = new WebhookSender(createAddressGuard(allow));
  onTestFinished(() => sender.close());
  return sender;
}

/** Messages about one pending clip on a store, with a clock that the test turns. */
export async function openOutbox(receiver: { url: string }, folder?: string) {
  const place = folder ?? (await makeFolder());
  const { store } = await openGround(place, true);
  let time = Date.now();
  const now = () => time;
  const catalog = new StoreCatalog({ store, now, onDamage: ({ key }) => expect.fail(key) });
  const record = await catalog.create({
    ...{
      id: "a".repeat(24),
      account: "acc_a",
      asset: "videoclip",
      status: "pending",
      reason: null,
    },
    ...{ checksum: "0".repeat(32), version: "v", upload: null, size: 1, mime: "video/mp4" },
    ...{
      filename: null,
      createdOn: new Date(0).toISOString(),
      ...notSeen,
      ...noStatements,
      ...noWishes,
    },
  });
  if (!record) throw new Error("The state was not created.");
  const log: string[] = [];
  const logger = pino({ level: "debug" }, { write: (line: string) => void log.push(line) });
  const describeClip = ({ id }: { id: string }, _: WebhookEvent) => ({ id });
  const sender = openSender(["loopback"]);
  const openOther = (endpoints: WebhookEndpoint[]) =>
    new Outbox({ endpoints, catalog, sender, logger, now, describe: describeClip });
  const outbox = openOther([endpointOf(receiver)]);
  const clip = { ...record.state, status: "pending", version: "v", createdOn: "" } as const;
  return {
    ...{ store, catalog, outbox, openOther, log, time: now },
    clip: { ...clip, createdOn: new Date(0).toISOString() },
    pass: (milliseconds: number) => {
      time += milliseconds;
    },
    change: (status: "available" | "failed", version = "v") =>
      catalog.replace(record, { ...record.state, status, version }),
    async deliverDue(sending = outbox) {
      for (const lease of await catalog.deliveries.take(10)) {
        await sending.deliver(lease, new AbortController().signal);
        await catalog.deliveries.finish(lease);
      }
    },
  };
}
