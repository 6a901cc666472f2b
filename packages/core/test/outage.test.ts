import { createServer } from "node:http";
import { type AddressInfo, connect } from "node:net";
import { expect, onTestFinished, test } from "vitest";
import type { RetryEvent } from "../src/index.js";
import { startUploadServer } from "./upload-server.js";

/** A relay in front of a server. While it is closed, nothing listens at its port. */
async function startRelay(origin: string) {
  const { port } = new URL(origin);
  const server = createServer();
  // Bytes are passed on as they come.
  server.removeAllListeners("connection");
  const sockets = new Set<{ destroy(): unknown }>();
  server.on("connection", (socket) => {
    const target = connect(Number(port), "127.0.0.1");
    for (const one of [socket, target]) {
      sockets.add(one);
      one.on("error", () => {});
      one.on("close", () => sockets.delete(one));
    }
    socket.pipe(target).pipe(socket);
  });
  const listen = (at: number) =>
    new Promise<void>((resolve) => server.listen(at, "127.0.0.1", resolve));
  await listen(0);
  const address = server.address() as AddressInfo;
  const close = () => {
    server.close();
    for (const socket of sockets) socket.destroy();
  };
  onTestFinished(close);
  return {
    rootUrl: `http://127.0.0.1:${address.port}/v2.7`,
    close,
    reopen: () => listen(address.port),
  };
}

test.each(["plan", "part", "finalize"] as const)(
  "a service that is gone when the %s is due is waited for, longer than six attempts",
  async (kind) => {
    const events: RetryEvent[] = [];
    const server = await startUploadServer({
      chunkSize: 1024 * 1024,
      answer(exchange) {
        if (exchange.kind !== kind || exchange.earlier > 0) return false;
        relay.close();
        return true;
      },
    });
    const relay = await startRelay(server.origin);
    const content = Buffer.alloc(6 * 1024 * 1024, "x");
    server.publicOrigin = new URL(relay.rootUrl).origin;
    const client = server.connect({ rootUrl: relay.rootUrl });
    const uploading = client.upload(content, {
      onRetry(event) {
        events.push(event);
        if (events.length === 10) relay.reopen();
      },
    });
    await expect(uploading).resolves.toMatchObject({ outcome: "uploaded" });
    expect(events.length).toBeGreaterThanOrEqual(10);
    // The attempts are limited by time and not by their number; rounds of plans are counted.
    const requests = events.filter(({ what }) => what !== "the plan");
    expect(requests.every(({ attempts }) => attempts === undefined)).toBe(true);
  },
);

test("a wrong address fails after three attempts, with a message that says what to check", async () => {
  const server = await startUploadServer();
  const relay = await startRelay(server.origin);
  relay.close();
  const events: RetryEvent[] = [];
  const asking = server
    .connect({ rootUrl: relay.rootUrl })
    .getClip("c1", { onRetry: (event) => events.push(event) });
  await expect(asking).rejects.toMatchObject({ code: "network" });
  await expect(asking).rejects.toThrow("(ECONNREFUSED). Check the address and the network.");
  expect(events).toHaveLength(2);
});
