import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

export interface TestServer extends AsyncDisposable {
  /** Without a slash at the end. */
  origin: string;
  /** How many connections were accepted. */
  connections(): number;
  /** How many connections are open. */
  open(): number;
}

/** A real server on loopback, which is closed with its connections at the end of the block. */
export async function startServer(
  handle: (request: IncomingMessage, response: ServerResponse) => void,
): Promise<TestServer> {
  const server = createServer(handle);
  const sockets = new Set<unknown>();
  let connections = 0;
  server.on("connection", (socket) => {
    connections++;
    sockets.add(socket);
    socket.on("close", () => sockets.delete(socket));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return {
    origin: `http://127.0.0.1:${port}`,
    connections: () => connections,
    open: () => sockets.size,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/**
 * Gives bytes that are on their way, and what must not happen, the time of this many answers of
 * another server, one after the other.
 */
export async function awaitAnswers(count = 25): Promise<void> {
  await using server = await startServer((_, response) => response.end());
  for (let answer = 0; answer < count; answer++) await (await fetch(server.origin)).arrayBuffer();
}

/** Reads a request's body whole. */
export async function readBody(request: IncomingMessage): Promise<Buffer> {
  const pieces: Buffer[] = [];
  for await (const piece of request) pieces.push(piece);
  return Buffer.concat(pieces);
}

/** Answers with JSON, as the API does. */
export function answerJson(response: ServerResponse, body: unknown, status = 200): void {
  response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
}
