import { createHash } from "node:crypto";
import type { Logger } from "pino";
import * as v from "valibot";
import type { Catalog, Lease } from "../catalog/catalog.js";
import type { Clip, ClipState } from "../catalog/clip-state.js";
import { type WebhookEndpoint, type WebhookEvent, webhookEvents } from "./endpoints.js";
import type { WebhookSender } from "./sender.js";
import { signMessage } from "./sign.js";

// Milliseconds.
const firstDelay = 5_000;
const longestDelay = 6 * 60 * 60_000;
/** After this time a message is given up. */
const longestTime = 3 * 24 * 60 * 60_000;
// A change that was announced is made at once, or its process has ended before it.
const announcedTime = 10 * 60_000;

const messageSchema = v.object({
  event: v.picklist(webhookEvents),
  /** Names the upload that it is about. */
  version: v.string(),
  /** When it was announced, in milliseconds since 1970. */
  since: v.number(),
  /** How often it was sent in vain. */
  attempts: v.number(),
  body: v.string(),
});
type Message = v.InferOutput<typeof messageSchema>;

/** Takes back what tells of a change that was given up, unless the clip is in that state after all. */
export type Withdraw = () => Promise<void>;

export interface OutboxOptions {
  endpoints: readonly WebhookEndpoint[];
  catalog: Catalog;
  sender: WebhookSender;
  logger: Logger;
  now: () => number;
  /** What receivers are told of a clip. */
  describe(clip: Clip, event: WebhookEvent): object;
}

/**
 * Messages to the receivers of webhooks, one piece of work for each. They are recorded before the change
 * that they tell of, and sent once it is there: so none is lost, and one may be sent twice.
 */
export class Outbox {
  readonly #options: OutboxOptions;

  constructor(options: OutboxOptions) {
    this.#options = options;
  }

  /** Records that a change of a clip is about to be made. */
  async announce(event: WebhookEvent, clip: Clip): Promise<Withdraw> {
    const { endpoints, catalog, describe, now } = this.#options;
    const wanted = endpoints.filter((endpoint) => isFor(endpoint, event, clip));
    const since = now();
    const timestamp = new Date(since).toISOString();
    const body = JSON.stringify({ type: event, timestamp, data: describe(clip, event) });
    const message: Message = { event, version: clip.version, since, attempts: 0, body };
    const added: Lease[] = [];
    for (const { name } of wanted)
      added.push(await catalog.deliveries.add(toWork(clip.id, name, message), false));
    return async () => {
      if (added.length === 0 || isIn(message, (await catalog.read(clip.id))?.state)) return;
      for (const lease of added) await catalog.deliveries.finish(lease);
    };
  }

  /** Sends a message, or records it again for later. */
  async deliver(lease: Lease, signal: AbortSignal): Promise<null> {
    const { endpoints, catalog, logger, now } = this.#options;
    const message = parse(lease.payload);
    const endpoint = endpoints.find(({ name }) => name === lease.account);
    const facts = { clip: lease.id, endpoint: lease.account, event: message?.event };
    if (!message) {
      logger.error(facts, "a webhook has no content, and is dropped");
      return null;
    }
    if (!endpoint) {
      await this.#awaitReceiver(lease, message);
      return null;
    }
    const state = (await catalog.read(lease.id, { signal }))?.state;
    if (!hasHappened(message, state)) {
      if (now() - message.since < announcedTime) await this.#postpone(lease, message, firstDelay);
      return null;
    }
    const reason = await this.#send(endpoint, lease.id, message, signal);
    if (reason === null) {
      logger.debug(facts, "webhook delivered");
      return null;
    }
    const next = { ...message, attempts: message.attempts + 1 };
    if (reason === "410" || now() - message.since > longestTime) {
      logger.error({ ...facts, reason, attempts: next.attempts }, "webhook given up");
      return null;
    }
    const delay = Math.min(firstDelay * 2 ** message.attempts, longestDelay);
    await this.#postpone(lease, next, delay);
    logger.warn({ ...facts, reason, seconds: delay / 1000 }, "webhook failed, and is sent again");
    return null;
  }

  /** Another process may know the receiver: where they start one after the other, one with newer options. */
  async #awaitReceiver(lease: Lease, message: Message): Promise<void> {
    const { logger, now } = this.#options;
    const facts = { clip: lease.id, endpoint: lease.account, event: message.event };
    const age = now() - message.since;
    if (age > longestTime) {
      logger.error(facts, "a webhook has no receiver, and is dropped");
      return;
    }
    const delay = Math.max(firstDelay, Math.min(age, longestDelay));
    await this.#postpone(lease, message, delay);
    logger.warn({ ...facts, seconds: delay / 1000 }, "a webhook waits for its receiver");
  }

  /** Recorded anew, because what is due later comes later in the list. */
  async #postpone({ id, account }: Lease, message: Message, delay: number): Promise<void> {
    const { catalog, now } = this.#options;
    await catalog.deliveries.add({ ...toWork(id, account, message), at: now() + delay }, false);
  }

  /** Why it was not taken, without the address; `null` where it was. */
  async #send(
    { url, secret }: WebhookEndpoint,
    id: string,
    { event, version, body }: Message,
    signal: AbortSignal,
  ): Promise<string | null> {
    const { sender, now } = this.#options;
    const timestamp = Math.floor(now() / 1000);
    const headers = signMessage({ id: nameMessage(id, version, event), timestamp, body }, secret);
    try {
      const status = await sender.post(url, body, headers, signal);
      return status >= 200 && status < 300 ? null : String(status);
    } catch (error) {
      signal.throwIfAborted();
      return describeFailure(error);
    }
  }
}

/** The same for every attempt, so that a receiver knows what it has seen. */
function nameMessage(id: string, version: string, event: WebhookEvent): string {
  const hash = createHash("sha256").update(JSON.stringify([id, version, event]));
  return `msg_${hash.digest("base64url").slice(0, 32)}`;
}

function toWork(id: string, account: string, message: Message) {
  return { id, account, payload: JSON.stringify(message) };
}

function parse(payload: string | null): Message | null {
  const parsed = v.safeParse(v.pipe(v.string(), v.parseJson(), messageSchema), payload);
  return parsed.success ? parsed.output : null;
}

function isFor({ events, accounts }: WebhookEndpoint, event: WebhookEvent, clip: Clip): boolean {
  return (events?.includes(event) ?? true) && (accounts?.includes(clip.account) ?? true);
}

/**
 * Whether the change was made. Where the upload is gone that the message names, it was made before: what
 * was given up is withdrawn.
 */
function hasHappened(message: Message, state: ClipState | undefined): boolean {
  if (!state || state.status === "deleted" || state.version !== message.version) return true;
  return isIn(message, state);
}

/** Whether the clip is in the state that the message tells of. */
function isIn({ event, version }: Message, state: ClipState | undefined): boolean {
  if (event === "clip.deleted") return !state || state.status === "deleted";
  return state?.version === version && event === `clip.${state.status}`;
}

/** Messages of the system hold names and addresses. */
function describeFailure(error: unknown): string {
  if (!(error instanceof Error)) return "unknown";
  return "code" in error && typeof error.code === "string" ? error.code : error.name;
}
