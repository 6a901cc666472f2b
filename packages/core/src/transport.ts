/** One HTTP request. A retry sends the same request again, so the body is bytes, not a stream. */
export interface TransportRequest {
  method: "GET" | "POST" | "PUT" | "DELETE";
  url: string;
  headers: Readonly<Record<string, string>>;
  body?: Uint8Array | undefined;
  /** Ends the request and closes its connection. */
  signal?: AbortSignal | undefined;
  /** Called with the number of bytes of the body that have left since the last call. */
  onSent?: ((bytes: number) => void) | undefined;
  /** Awaited before bytes leave, with their number: a limit on the speed. */
  pace?: ((bytes: number) => Promise<void>) | undefined;
}

/** The answer, read whole. */
export interface TransportAnswer {
  status: number;
  /** Names in lower case. */
  headers: Readonly<Record<string, string>>;
  body: string;
}

/**
 * How requests reach the network: the seam for an editor's own `fetch`, another HTTP stack, a test.
 * An answer of any status is returned; only a missing or a broken one is an error.
 */
export interface Transport {
  /**
   * Whether `onSent` follows the bytes as they leave. Without it a stall is told only by the time
   * that the whole part takes. Default `false`.
   */
  readonly reportsSent?: boolean;
  /**
   * Whether `body` may lie in memory that other threads read; `fetch` for one does not take it.
   * Default `false`: such a body is copied.
   */
  readonly takesSharedMemory?: boolean;
  send(request: TransportRequest): Promise<TransportAnswer>;
  /** Closes the connections that nothing uses. */
  closeIdle?(): void;
  /** Closes all connections. */
  close?(): void;
}

// Answers are small (a plan of 10,000 long URLs is 15 MiB); more is a broken or a hostile peer.
const maxAnswerBytes = 64 * 1024 * 1024;

/** Reads an answer's body whole. */
export async function readText(body: AsyncIterable<Uint8Array>): Promise<string> {
  const pieces: Uint8Array[] = [];
  let length = 0;
  for await (const piece of body) {
    length += piece.byteLength;
    if (length > maxAnswerBytes) throw new Error("the answer is longer than 64 MiB");
    pieces.push(piece);
  }
  return Buffer.concat(pieces).toString("utf8");
}

/** Node's header values, several of one name joined. */
export function flattenHeaders(
  headers: Readonly<Record<string, string | string[] | undefined>>,
): Record<string, string> {
  const flat: Record<string, string> = {};
  for (const [name, value] of Object.entries(headers)) {
    if (value !== undefined) flat[name.toLowerCase()] = [value].flat().join(", ");
  }
  return flat;
}
