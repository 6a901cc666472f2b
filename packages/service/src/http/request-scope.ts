import { AsyncLocalStorage } from "node:async_hooks";
import { randomUUID } from "node:crypto";
import { isRequestId } from "@clipcourier/core/wire";
import type { Logger } from "pino";

/** What every log line of a request has, so that it is found there. */
export interface RequestIds {
  /** From `X-Request-Id`, or a new one. */
  readonly requestId: string;
  /** From `traceparent`, in 32 hex digits; absent where the request is part of no trace. */
  readonly traceId?: string;
}

const scope = new AsyncLocalStorage<RequestIds>();

export function createRequestId(): string {
  return randomUUID();
}

/** The ids that a request has brought, with a new one where it has none that can be taken over. */
export function readRequestIds(
  requestId: string | null | undefined,
  traceparent: string | null | undefined,
): RequestIds {
  const traceId = parseTraceparent(traceparent ?? "");
  return {
    requestId: requestId && isRequestId(requestId) ? requestId : createRequestId(),
    ...(traceId !== null && { traceId }),
  };
}

/** Runs the work on a request: what it does later belongs to the request as well. */
export function runInRequest<T>(ids: RequestIds, work: () => T): T {
  return scope.run(ids, work);
}

/** The request that this work belongs to. */
export function currentRequest(): RequestIds | undefined {
  return scope.getStore();
}

/**
 * The same log, with the ids of the request in every line that is written for one.
 *
 * Pino has `mixin` for this, but only whoever creates a logger can set it.
 */
export function logWithRequest(logger: Logger): Logger {
  return new Proxy(logger, {
    get(target, name) {
      const ids = scope.getStore();
      const isLine = typeof name === "string" && Object.hasOwn(target.levels.values, name);
      // Nothing is prepared for a line that is not written.
      const from = ids && isLine && target.isLevelEnabled(name) ? target.child(ids) : target;
      const value: unknown = Reflect.get(from, name, from);
      return typeof value === "function" ? value.bind(from) : value;
    },
  });
}

/** The trace id of a W3C `traceparent`, of this version or a later one; `null` where it is none. */
function parseTraceparent(text: string): string | null {
  const match = /^(?!ff)[\da-f]{2}-([\da-f]{32})-[\da-f]{16}-[\da-f]{2}(-|$)/.exec(text);
  const traceId = match?.[1] ?? "";
  return /[1-9a-f]/.test(traceId) ? traceId : null;
}
