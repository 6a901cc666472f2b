import { once } from "node:events";
import type { ServerResponse } from "node:http";
import { connect } from "node:net";
import { pino } from "pino";
import { expect, it, onTestFinished } from "vitest";
import { closeServer, createHttpServer, listen, urlOf } from "../src/http/server.js";
import { ClientAddresses, resolveLimits } from "../src/index.js";
import { measureNothing } from "../src/metrics/measure.js";

// More than the buffers of both sockets hold.
const size = 48 * 1024 * 1024;
const minute = 60_000;

async function startServer(isEnding?: () => boolean) {
  const server = createHttpServer(
    async ({ url }) => new Response(url.endsWith("/large") ? Buffer.alloc(size) : "small"),
    {
      limits: resolveLimits(),
      clients: new ClientAddresses({}),
      logger: pino({ level: "silent" }),
      measure: measureNothing,
      ...(isEnding && { isEnding }),
    },
  );
  await listen(server, 0, "127.0.0.1");
  onTestFinished(() => void server.closeAllConnections());
  const { port } = new URL(urlOf(server));
  const ask = (path: string) => {
    const socket = connect(Number(port), "127.0.0.1");
    onTestFinished(() => void socket.destroy());
    socket.write(`GET ${path} HTTP/1.1\r\nHost: a\r\n\r\n`);
    return socket;
  };
  return { server, ask };
}

it("a server that is closed sends whole what a slow client has not taken yet", async () => {
  const { server, ask } = await startServer();
  const answered = once(server, "request") as Promise<[unknown, ServerResponse]>;
  const slow = ask("/large").pause();
  const [, outgoing] = await answered;
  await once(outgoing, "prefinish");
  expect(outgoing).toMatchObject({ writableEnded: true, writableFinished: false });
  const closed = closeServer(server, minute);
  let taken = 0;
  slow.on("data", (bytes) => {
    taken += bytes.length;
  });
  await once(slow.resume(), "close");
  expect(taken).toBeGreaterThan(size);
  expect(await closed).toBe(0);
});

it("a server that is closed lets go at once of a connection that waits for its next request", async () => {
  const { server, ask } = await startServer();
  const idle = ask("/small");
  await once(idle, "data");
  const ended = once(idle, "close");
  expect(await closeServer(server, minute)).toBe(0);
  await ended;
});

it("a server that is about to close says so with each answer, and before that with none", async () => {
  let isEnding = false;
  const { server, ask } = await startServer(() => isEnding);
  const read = async () => String((await once(ask("/small"), "data"))[0]).toLowerCase();
  expect(await read()).not.toContain("connection: close");
  isEnding = true;
  expect(await read()).toContain("connection: close");
  expect(server.listening).toBe(true);
  await closeServer(server, minute);
});
