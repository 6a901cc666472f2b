import { STATUS_CODES } from "node:http";
import type { Socket } from "node:net";
import { requestIdHeader } from "@clipcourier/core/wire";
import { errorBody, type HttpError } from "../http-error.js";

/** Writes an error to a socket by hand and closes it, where Node's server cannot answer. */
export function answerRaw(
  socket: Socket,
  { status, message, headers }: HttpError,
  requestId: string,
): void {
  const body = JSON.stringify(errorBody(status, message));
  const lines = Object.entries({
    ...headers,
    [requestIdHeader]: requestId,
    "Content-Type": "application/json",
    "Content-Length": Buffer.byteLength(body),
    Connection: "close",
  }).map(([name, value]) => `${name}: ${value}\r\n`);
  socket.end(`HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\n${lines.join("")}\r\n${body}`);
}
