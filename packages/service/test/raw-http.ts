import { once } from "node:events";
import { connect } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";

/**
 * Sends bytes over a bare socket. Returns what comes back until the other side closes, or until it
 * is enough.
 */
export function sendRaw(
  baseUrl: string,
  pieces: (string | Uint8Array)[],
  isEnough: (text: string) => boolean = () => false,
): Promise<string> {
  const { hostname, port } = new URL(baseUrl);
  return new Promise((resolve, reject) => {
    const socket = connect(Number(port), hostname);
    let text = "";
    socket.on("data", (data) => {
      text += data.toString("latin1");
      if (isEnough(text)) socket.destroy();
    });
    socket.on("close", () => resolve(text));
    socket.on("error", (error) => (text === "" ? reject(error) : resolve(text)));
    for (const piece of pieces) socket.write(piece);
  });
}

/** Sends all bytes before it reads any. Returns what comes back, and fails when it is cut off. */
export function sendThenRead(baseUrl: string, head: string, body: Uint8Array): Promise<string> {
  const { hostname, port } = new URL(baseUrl);
  return new Promise((resolve, reject) => {
    const socket = connect(Number(port), hostname);
    let text = "";
    socket.on("error", reject);
    socket.write(head);
    socket.write(body, () => {
      socket.on("data", (data) => {
        text += data.toString("latin1");
      });
      socket.on("end", () => resolve(text));
    });
  });
}

/** Sends bytes over a bare socket and cuts the connection once the other side has taken some. */
export async function sendAndCut(
  baseUrl: string,
  pieces: (string | Uint8Array)[],
  isTaken: () => Promise<boolean>,
): Promise<void> {
  const { hostname, port } = new URL(baseUrl);
  const socket = connect(Number(port), hostname);
  const closed = once(socket, "close");
  socket.write(Buffer.concat(pieces.map((piece) => Buffer.from(piece))));
  while (!(await isTaken())) await sleep(5);
  socket.destroy();
  await closed;
}

/** The JSON body of a raw HTTP answer. */
export function bodyOf(raw: string): unknown {
  const body = raw.slice(raw.indexOf("\r\n\r\n") + 4);
  return JSON.parse(body.slice(body.indexOf("{"), body.lastIndexOf("}") + 1));
}
