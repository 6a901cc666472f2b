import * as v from "valibot";
import { createAbortError, DirectUploadError, throwIfAborted } from "../errors.js";
import { describeNetworkFailure } from "../http/network-failure.js";
import { retry } from "../http/retry.js";
import { type Peer, RetryBudget } from "../http/retry-budget.js";
import type { RetryEvent, RetryOptions } from "../http/retry-options.js";
import { guardAgainstStall, type StallLimits } from "../http/stall-guard.js";
import type { Transport, TransportAnswer } from "../http/transport.js";
import type { Secrets } from "../redact.js";
import { describeRefusal } from "./failure.js";
import { explainMissingVersion, lacksVersion } from "./missing-version.js";

/** Options of one call. */
export interface CallOptions {
  /**
   * Ends the call and closes its connection.
   *
   * @example { signal: AbortSignal.timeout(5_000) }
   */
  signal?: AbortSignal | undefined;
  /**
   * Called for every request that failed and is going to be made again. It must not throw.
   *
   * @example { onRetry: ({ what, reason }) => console.warn(what, reason.message) }
   */
  onRetry?: ((event: RetryEvent) => void) | undefined;
  /**
   * How failed requests of this call, including its sign-in, are made again. Each value that is
   * given takes the place of the client's.
   *
   * @default as the client says
   * @example { retry: { attempts: 1 } }
   */
  retry?: RetryOptions | undefined;
}

/** One call of the API. */
export interface ApiCall<T> extends CallOptions {
  /** For messages: `asking for upload URLs`. */
  what: string;
  /** Whether every service answers this path: with 404, the root URL is a wrong one. */
  isEverywhere?: boolean;
  method: "GET" | "POST" | "DELETE";
  /** Below the root URL, without a leading slash. */
  path: string;
  query?: Record<string, string | undefined> | undefined;
  form?: Record<string, string | undefined> | undefined;
  headers?: Record<string, string> | undefined;
  answer: v.GenericSchema<unknown, T>;
  /** That of the work which the call belongs to. Default: one for this call. */
  budget?: RetryBudget | undefined;
}

export interface ApiOptions {
  rootUrl: URL;
  appId: string;
  transport: Transport;
  retry: RetryOptions;
  limits: StallLimits;
  /** What must never be shown. */
  secrets: Secrets;
}

/** Makes calls: the request, its retries, the shape of errors, and the check of the answer. */
export class Api {
  readonly #options: ApiOptions;
  /** The hosts that have answered. */
  readonly #answered = new Set<string>();

  constructor(options: ApiOptions) {
    this.#options = options;
  }

  get peer(): Peer {
    return { host: this.#options.rootUrl.host, role: "service" };
  }

  createBudget(options: RetryOptions = {}): RetryBudget {
    // A value that is `undefined` is one that was not given.
    const given = Object.entries(options).filter(([, value]) => value !== undefined);
    const merged = { ...this.#options.retry, ...Object.fromEntries(given) };
    return new RetryBudget(merged, this.#answered);
  }

  async call<T>(call: ApiCall<T>): Promise<T> {
    const { what, signal, onRetry } = call;
    const budget = call.budget ?? this.createBudget(call.retry);
    return retry({ what, peer: this.peer, budget, signal, onRetry }, async () => {
      const answer = await this.#send(call);
      if (answer.status !== 200) throw await this.#describeRefusal(call, answer);
      return checkAnswer(what, call.answer, answer.body);
    });
  }

  /** Whether the root URL does not end with the version of the protocol. */
  get lacksVersion(): boolean {
    return lacksVersion(this.#options.rootUrl);
  }

  async #describeRefusal(
    { what, isEverywhere, signal }: ApiCall<unknown>,
    answer: TransportAnswer,
  ): Promise<DirectUploadError> {
    const { rootUrl, transport, limits, secrets } = this.#options;
    const error = describeRefusal(capitalize(what), answer, secrets);
    if (error.code !== "not_found" || !isEverywhere || !this.lacksVersion) return error;
    using guard = guardAgainstStall(rootUrl.host, limits, signal);
    const remedy = await explainMissingVersion(rootUrl, transport, guard.signal);
    const { code, message, status, requestId } = error;
    return new DirectUploadError(code, `${message} ${remedy}`, { status, requestId });
  }

  async #send(call: ApiCall<unknown>): Promise<TransportAnswer> {
    const { rootUrl, appId, transport, limits, secrets } = this.#options;
    throwIfAborted(call.signal);
    const url = new URL(call.path, rootUrl);
    url.search = encodeParameters(call.query).toString();
    using guard = guardAgainstStall(rootUrl.host, limits, call.signal);
    try {
      return await transport.send({
        method: call.method,
        url: url.href,
        headers: {
          accept: "application/json",
          "x-pv-meta-app": appId,
          ...(call.form && { "content-type": "application/x-www-form-urlencoded" }),
          ...call.headers,
        },
        body: call.form && Buffer.from(encodeParameters(call.form).toString()),
        signal: guard.signal,
        onReceived: guard.touch,
      });
    } catch (error) {
      if (call.signal?.aborted) throw createAbortError(call.signal);
      throw guard.signal.aborted
        ? createAbortError(guard.signal)
        : describeNetworkFailure(error, rootUrl.host, secrets);
    }
  }
}

function encodeParameters(parameters: Record<string, string | undefined> = {}): URLSearchParams {
  const encoded = new URLSearchParams();
  for (const [name, value] of Object.entries(parameters)) {
    if (value !== undefined) encoded.set(name, value);
  }
  return encoded;
}

function checkAnswer<T>(what: string, schema: v.GenericSchema<unknown, T>, body: string): T {
  let json: unknown;
  try {
    json = JSON.parse(body);
  } catch {
    throw new DirectUploadError(
      "bad_answer",
      `${capitalize(what)} was not answered with JSON. Check that the root URL is a DirectUpload service's, with its version (…/v2.7/).`,
    );
  }
  const parsed = v.safeParse(schema, json);
  if (parsed.success) return parsed.output;
  const [issue] = parsed.issues;
  throw new DirectUploadError(
    "bad_answer",
    `${capitalize(what)} was answered against the protocol: ${formatPath(issue)}: ${describeIssue(issue)}.`,
  );
}

// Leaves out what was received instead: it may be a secret, or very long.
function describeIssue({ message }: v.BaseIssue<unknown>): string {
  return message.replace(/ but received [\s\S]*$/, "");
}

function formatPath({ path }: v.BaseIssue<unknown>): string {
  const keys = path?.map(({ key }) => (typeof key === "number" ? `[${key}]` : `.${String(key)}`));
  return keys?.join("").replace(/^\./, "") || "the answer";
}

function capitalize(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
