import { isIP } from "node:net";
import { Agent, buildConnector, request } from "undici";
import {
  type AddressGuard,
  ForbiddenAddressError,
  guardLookup,
  type Resolve,
} from "./address-guard.js";

// Milliseconds.
const connectTime = 10_000;
const answerTime = 15_000;
// Bytes of an answer that are read, so that its connection can be used again.
const longestAnswer = 64 * 1024;

/** Sends messages to where the guard lets them go, and follows no redirect. */
export class WebhookSender {
  readonly #agent: Agent;

  /** @param resolve how names are looked up; by default as the system does */
  constructor(guard: AddressGuard, resolve?: Resolve) {
    this.#agent = new Agent({
      connect: createConnector(guard, resolve),
      headersTimeout: answerTime,
      bodyTimeout: answerTime,
    });
  }

  /** Posts JSON, and returns the status of the answer. Rejects where there is none. */
  async post(
    url: string,
    body: string,
    headers: Record<string, string>,
    signal: AbortSignal,
  ): Promise<number> {
    const limit = AbortSignal.any([signal, AbortSignal.timeout(connectTime + answerTime)]);
    const answer = await request(url, {
      method: "POST",
      headers: { "content-type": "application/json", "user-agent": "clipcourier", ...headers },
      body,
      signal: limit,
      dispatcher: this.#agent,
    });
    // The status is what counts: a rest that does not come changes nothing.
    await answer.body.dump({ limit: longestAnswer, signal: limit }).catch(() => {});
    return answer.statusCode;
  }

  async close(): Promise<void> {
    await this.#agent.destroy();
  }
}

/** Checks an address before it is connected to, and once more before anything is sent. */
function createConnector(guard: AddressGuard, resolve?: Resolve): buildConnector.connector {
  const connect = buildConnector({ lookup: guardLookup(guard, resolve), timeout: connectTime });
  return (options, callback) => {
    const host = options.hostname.replace(/^\[|\]$/g, "");
    // What is an address already is not looked up.
    if (isIP(host) !== 0 && !guard(host)) return callback(new ForbiddenAddressError(), null);
    connect(options, (...[error, socket]) => {
      if (error) return callback(error, null);
      if (guard(socket.remoteAddress ?? "")) return callback(null, socket);
      socket.destroy();
      callback(new ForbiddenAddressError(), null);
    });
  };
}
