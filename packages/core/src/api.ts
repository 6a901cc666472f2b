import * as v from "valibot";
import { createAbortError, DirectUploadError, throwIfAborted } from "./errors.js";
import { describeNetworkFailure, describeRefusal } from "./failure.js";
import { type RetryEvent, type RetryOptions, retry } from "./retry.js";
import { guardAgainstStall } from "./stall-guard.js";
import type { Transport, TransportAnswer } from "./transport.js";

/** What a caller may say about one call. */
export interface CallOptions {
  /** Ends the call and closes its connection. */
  signal?: AbortSignal | undefined;
  /** Told of every request that is tried again. */
  onRetry?: ((event: RetryEvent) => void) | undefined;
  /** How this call is tried again, instead of as the client says. */
  retry?: RetryOptions | undefined;
}

export interface ApiCall<T> extends CallOptions {
  /** For messages: `asking for upload URLs`. */
  what: string;
  method: "GET" | "POST" | "DELETE";
  /** Below the root URL, without a leading slash. */
  path: string;
  query?: Record<string, string | undefined> | undefined;
  form?: Record<string, string | undefined> | undefined;
  headers?: Record<string, string> | undefined;
  answer: v.GenericSchema<unknown, T>;
}

export interface ApiOptions {
  rootUrl: URL;
  appId: string;
  transport: Transport;
  retry: RetryOptions;
  /** Milliseconds. */
  timeout: number;
  /** What must never be shown. */
  secrets: ReadonlySet<string>;
}

/** One documented call: request, retries, error shape, and the check of the answer. */
export class Api {
  readonly #options: ApiOptions;

  constructor(options: ApiOptions) {
    this.#options = options;
  }

  async call<T>(call: ApiCall<T>): Promise<T> {
    const { what, signal, onRetry, retry: options = this.#options.retry } = call;
    return retry({ what, retry: options, signal, onRetry }, async () => {
      const answer = await this.#send(call);
      if (answer.status !== 200) {
        throw describeRefusal(capitalize(what), answer, this.#options.secrets);
      }
      return checkAnswer(what, call.answer, answer.body);
    });
  }

  async #send(call: ApiCall<unknown>): Promise<TransportAnswer> {
    const { rootUrl, appId, transport, timeout, secrets } = this.#options;
    throwIfAborted(call.signal);
    const url = new URL(call.path, rootUrl);
    url.search = encodeParameters(call.query).toString();
    const guard = guardAgainstStall(rootUrl.host, timeout, call.signal);
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
      });
    } catch (error) {
      if (call.signal?.aborted) throw createAbortError(call.signal);
      throw guard.signal.aborted
        ? createAbortError(guard.signal)
        : describeNetworkFailure(error, rootUrl.host, secrets);
    } finally {
      guard.end();
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
    `${capitalize(what)} was answered against the protocol: ${formatPath(issue)}: ${issue.message}.`,
  );
}

function formatPath({ path }: v.BaseIssue<unknown>): string {
  const keys = path?.map(({ key }) => (typeof key === "number" ? `[${key}]` : `.${String(key)}`));
  return keys?.join("").replace(/^\./, "") || "the answer";
}

function capitalize(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
