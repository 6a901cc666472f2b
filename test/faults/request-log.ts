import type { IncomingHttpHeaders, IncomingMessage } from "node:http";

/**
 * How a request ended: the HTTP status that was sent, or that there was none. `"left"` is a client
 * that went away first, `"pending"` one that still waits.
 */
type Outcome = number | "pending" | "reset" | "silent" | "left";

/** One request as the front saw it. The front fills it in while the request runs. */
export interface RequestRecord {
  readonly method: string;
  /** Without the query, so that a log can be printed: signatures are in the query. */
  readonly path: string;
  readonly query: URLSearchParams;
  /** From the `partNumber` of the query. */
  readonly part: number | undefined;
  readonly headers: IncomingHttpHeaders;
  /** Counts the connections to the front, from 1. */
  readonly socket: number;
  /** The connection had carried a request before. */
  readonly reusedSocket: boolean;
  /** Milliseconds on the clock of `performance.now()`. */
  readonly startedAt: number;
  endedAt: number | undefined;
  /** Bytes of the body that the front took off the socket. */
  bytesReceived: number;
  /** The whole body arrived at the front. */
  bodyComplete: boolean;
  status: Outcome;
  /** The status with which the real service answered; undefined where it was not asked or cut. */
  upstreamStatus: number | undefined;
  /** Name of the fault that was played, undefined for an honest exchange. */
  fault: string | undefined;
}

export function startRecord(
  request: IncomingMessage,
  connection: { id: number; requests: number },
): RequestRecord {
  const url = new URL(request.url ?? "/", "http://front");
  const part = url.searchParams.get("partNumber");
  return {
    method: request.method ?? "GET",
    path: url.pathname,
    query: url.searchParams,
    part: part === null ? undefined : Number(part),
    headers: request.headers,
    socket: connection.id,
    reusedSocket: connection.requests > 1,
    startedAt: performance.now(),
    endedAt: undefined,
    bytesReceived: 0,
    bodyComplete: false,
    status: "pending",
    upstreamStatus: undefined,
    fault: undefined,
  };
}
