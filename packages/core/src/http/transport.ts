/** A body that is read while it is sent, so that memory does not grow with its size. */
export interface StreamedBody {
  /** Bytes: what `Content-Length` says. */
  readonly size: number;
  /**
   * The bytes, from the first one on. A piece is valid until the next one is asked for, and may lie
   * in memory that other threads read (`SharedArrayBuffer`): a transport that keeps a piece longer
   * copies it. Asked for the next piece, the body takes the one before it as sent.
   */
  pieces(): AsyncIterable<Uint8Array>;
}

/** One HTTP request. */
export interface TransportRequest {
  method: "GET" | "POST" | "PUT" | "PATCH" | "DELETE";
  url: string;
  headers: Readonly<Record<string, string>>;
  body?: Uint8Array | StreamedBody | undefined;
  /** Ends the request and closes its connection. */
  signal?: AbortSignal | undefined;
  /** To be called whenever something of the answer arrives. */
  onReceived?: (() => void) | undefined;
}

/**
 * The bytes of a body in memory of their own, for a transport that cannot send it piece by piece.
 *
 * @example const body = request.body && (await collectBody(request.body));
 */
export async function collectBody(
  body: Uint8Array | StreamedBody,
): Promise<Uint8Array<ArrayBuffer>> {
  if (body instanceof Uint8Array) return new Uint8Array(body);
  const whole = new Uint8Array(body.size);
  let filled = 0;
  for await (const piece of body.pieces()) {
    whole.set(piece, filled);
    filled += piece.byteLength;
  }
  return whole;
}

/** The answer, read whole. */
export interface TransportAnswer {
  status: number;
  /** Names in lower case. */
  headers: Readonly<Record<string, string>>;
  body: string;
}

/**
 * How requests reach the network. It can be replaced: by another HTTP stack, or in a test. An
 * answer of any status is returned; only a missing or a broken one is an error.
 */
export interface Transport {
  /**
   * Whether the next piece of a streamed body is asked for when the one before it has left.
   * Otherwise a stall is noticed only when the whole part has taken too long.
   *
   * @default false
   */
  readonly reportsSent?: boolean;
  /** Sends one request and reads its answer. Redirects are not followed. */
  send(request: TransportRequest): Promise<TransportAnswer>;
  /** Closes the connections that nothing uses. */
  closeIdle?(): void;
  /** Closes all connections. The client calls it for a transport that it made itself. */
  close?(): void | Promise<void>;
}

// Answers are small (a plan of 10,000 long URLs is 15 MiB); a longer one is broken or hostile.
const maxAnswerBytes = 64 * 1024 * 1024;

/** Reads an answer's body whole. */
export async function readText(
  body: AsyncIterable<Uint8Array>,
  onReceived?: () => void,
): Promise<string> {
  const pieces: Uint8Array[] = [];
  let length = 0;
  for await (const piece of body) {
    onReceived?.();
    length += piece.byteLength;
    if (length > maxAnswerBytes) throw new Error("the answer is longer than 64 MiB");
    pieces.push(piece);
  }
  return Buffer.concat(pieces).toString("utf8");
}

/** Headers with lower-case names, the values of each joined. */
export function flattenHeaders(
  headers: Readonly<Record<string, string | string[] | undefined>>,
): Record<string, string> {
  const flat: Record<string, string> = {};
  for (const [name, value] of Object.entries(headers)) {
    if (value !== undefined) flat[name.toLowerCase()] = [value].flat().join(", ");
  }
  return flat;
}
