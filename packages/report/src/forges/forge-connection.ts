import { setTimeout as sleep } from "node:timers/promises";
import {
  createTransport,
  describeNetworkFailure,
  type TransportAnswer,
  type TransportRequest,
} from "@clipcourier/core";
import { ForgeError } from "../comment/forge.js";
import { describeRefusal, readLimitedTime } from "./forge-answer.js";

export interface ForgeApiOptions {
  /** Without a slash at its end: `https://api.github.com`. */
  rootUrl: string;
  /** Sent with every request: the token, and what the forge wants besides. */
  headers: Readonly<Record<string, string>>;
  /** Ends every request, and every wait for another one. */
  signal?: AbortSignal | undefined;
  /** Called before the wait for another attempt. */
  onWait?: ((wait: ForgeWait) => void) | undefined;
}

/** Why, and for how long, a request is put off. */
export interface ForgeWait {
  error: ForgeError;
  milliseconds: number;
}

export interface ForgeRequest {
  method: TransportRequest["method"];
  /** From the root URL on, with a query; every part of it is encoded. */
  path: string;
  body?: object | undefined;
}

const mostAttempts = 3;
// A job that waits costs paid minutes.
const longestWait = 60_000;
const longestAnswer = 30_000;
const mostRedirects = 3;

/** Sends requests to a forge, again where it asks to wait or fails, and follows its redirects. */
export class ForgeConnection {
  readonly #options: ForgeApiOptions;
  readonly #transport = createTransport({});

  constructor(options: ForgeApiOptions) {
    this.#options = options;
  }

  /**
   * @throws ForgeError for an answer that is no success
   * @throws the reason of the signal
   */
  async send(request: ForgeRequest): Promise<TransportAnswer> {
    const { signal, onWait } = this.#options;
    for (let attempt = 1; ; attempt++) {
      const answer = await this.#follow(request);
      if (!(answer instanceof ForgeError) && answer.status < 300) return answer;
      const error =
        answer instanceof ForgeError ? answer : describeRefusal(nameRequest(request), answer);
      const milliseconds =
        error.failure === "rate-limited" && !(answer instanceof ForgeError)
          ? readLimitedTime(answer)
          : findPause(request, error, attempt);
      const isTooLong = milliseconds === undefined || milliseconds > longestWait;
      if (isTooLong || attempt >= mostAttempts) throw error;
      onWait?.({ error, milliseconds });
      await sleep(milliseconds, undefined, { signal });
    }
  }

  close(): void {
    this.#transport.close?.();
  }

  /** The last answer of a chain of redirects; a ForgeError where there was none. */
  async #follow(request: ForgeRequest): Promise<TransportAnswer | ForgeError> {
    let url = `${this.#options.rootUrl}${request.path}`;
    for (let redirects = 0; ; redirects++) {
      const answer = await this.#ask(request, url);
      if (answer instanceof ForgeError || redirects >= mostRedirects) return answer;
      const next = findRedirect(request, url, answer);
      if (next === undefined) return answer;
      url = next;
    }
  }

  async #ask(
    { method, path, body }: ForgeRequest,
    url: string,
  ): Promise<TransportAnswer | ForgeError> {
    const { headers, signal } = this.#options;
    const limit = AbortSignal.timeout(longestAnswer);
    try {
      return await this.#transport.send({
        ...{ method, url, signal: signal === undefined ? limit : AbortSignal.any([signal, limit]) },
        headers: {
          accept: "application/json",
          "user-agent": "clipcourier",
          ...(body === undefined ? {} : { "content-type": "application/json" }),
          ...headers,
        },
        body: body === undefined ? undefined : Buffer.from(JSON.stringify(body)),
      });
    } catch (cause) {
      signal?.throwIfAborted();
      if (limit.aborted) {
        const name = nameRequest({ method, path });
        const seconds = longestAnswer / 1000;
        return new ForgeError("failed", `${name} was not answered within ${seconds} s`, { cause });
      }
      const { message } = describeNetworkFailure(cause, new URL(url).host);
      return new ForgeError("failed", message.replace(/\.$/, ""), { cause });
    }
  }
}

/** For messages: without the query, which may hold a secret. */
export function nameRequest({ method, path }: ForgeRequest): string {
  return `${method} ${path.replace(/\?.*/s, "")}`;
}

/** Where a renamed repository is now. The token goes to the same server only. */
function findRedirect(
  { method }: ForgeRequest,
  url: string,
  { status, headers }: TransportAnswer,
): string | undefined {
  const isRedirect = [307, 308].includes(status) || (status < 303 && method === "GET");
  if (status < 301 || !isRedirect || headers.location === undefined) return undefined;
  const next = URL.parse(headers.location, url);
  return next?.origin === new URL(url).origin ? next.href : undefined;
}

/** Milliseconds until the request may be made again; `undefined` when it must not be repeated. */
function findPause(
  { method }: ForgeRequest,
  { status }: ForgeError,
  attempt: number,
): number | undefined {
  // When the answer to a POST is lost, the comment may exist: another POST would create a second
  // one.
  const isRepeatable = method !== "POST" && (status === undefined || status >= 500);
  return isRepeatable ? attempt * 1000 : undefined;
}
