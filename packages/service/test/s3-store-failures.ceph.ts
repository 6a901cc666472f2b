import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Socket } from "node:net";
import { describe, expect, inject, onTestFinished, test, vi } from "vitest";
import { S3Store } from "../src/store/s3/index.js";
import { StoreUnavailableError } from "../src/store/store-error.js";
import { createBucket, openCephStore, type TestBucket } from "./ceph-bucket.js";

/** Passes bytes to Ceph, and resets the connection instead of the next answer when told so. */
async function startLossyFront() {
  const upstream = new URL(inject("ceph").endpoint);
  const sockets = new Set<Socket>();
  let isLosing = false;
  const server = createServer((client) => {
    const engine = connect(Number(upstream.port), upstream.hostname);
    for (const socket of [client, engine]) {
      sockets.add(socket);
      socket.on("error", () => {});
      socket.on("close", () => {
        client.destroy();
        engine.destroy();
      });
    }
    client.pipe(engine);
    engine.on("data", (chunk) => {
      if (!isLosing) return void client.write(chunk);
      isLosing = false;
      client.resetAndDestroy();
    });
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  return {
    endpoint: `http://127.0.0.1:${port}`,
    loseNextAnswer: () => {
      isLosing = true;
    },
    openConnections: () => [...sockets].filter((socket) => !socket.destroyed).length / 2,
  };
}

describe("when the way to the bucket fails", () => {
  test("a write whose answer was lost is known as its own, and not as a lost race", async () => {
    const front = await startLossyFront();
    const { store } = await openCephStore({ endpoint: front.endpoint });
    front.loseNextAnswer();
    const etag = await store.putObject("state.json", "1", { ifNoneMatch: "*" });
    expect(etag).toBe((await store.headObject("state.json"))?.etag);
    front.loseNextAnswer();
    expect(await store.putObject("state.json", "2", { ifMatch: String(etag) })).not.toBeNull();
    front.loseNextAnswer();
    expect(await store.putObject("state.json", "3", { ifNoneMatch: "*" })).toBeNull();
  });

  test("a body that is cancelled, or whose signal is aborted, closes its connection", async () => {
    const front = await startLossyFront();
    const { store } = await openCephStore({ endpoint: front.endpoint });
    await store.putObject("large", randomBytes(24 * 1024 * 1024));
    const idle = front.openConnections();
    const cancelled = await store.getObject("large");
    await cancelled?.body.cancel();
    const controller = new AbortController();
    const aborted = await store.getObject("large", { signal: controller.signal });
    const reader = aborted?.body.getReader();
    await reader?.read();
    controller.abort(new Error("the client has left"));
    const rest = async () => {
      while (!(await reader?.read())?.done);
    };
    await expect(rest()).rejects.toThrow("the client has left");
    await expect.poll(front.openConnections).toBeLessThanOrEqual(idle);
    await expect(store.headObject("large", { signal: controller.signal })).rejects.toThrow(
      "the client has left",
    );
  });

  type Change = (place: TestBucket) => Partial<TestBucket["options"]>;
  const { endpoint, credentials } = { endpoint: "http://127.0.0.1:9", credentials: "unknown" };
  test.each<[string, Change, RegExp]>([
    [
      "no engine",
      () => ({ endpoint }),
      /clips-\S+ at http:\/\/127.0.0.1:9 does not answer \(ECONNREFUSED\): check/,
    ],
    [
      "no bucket",
      () => ({ bucket: "nowhere" }),
      /nowhere at \S+ cannot be used: there is no such bucket; create/,
    ],
    [
      "an unknown access key",
      () => ({ credentials: { accessKeyId: credentials, secretAccessKey: credentials } }),
      /the engine does not know the access key; check the credentials \(InvalidAccessKeyId\)/,
    ],
    [
      "a wrong secret",
      ({ options }) => ({
        credentials: {
          ...inject("ceph").credentials,
          ...(options && { secretAccessKey: "wrong" }),
        },
      }),
      /the secret key is wrong, or a proxy changes requests; check both \(SignatureDoesNotMatch\)/,
    ],
  ])("%s: says what to do", async (_, change, message) => {
    const place = await createBucket();
    onTestFinished(() => place.client.destroy());
    const opening = S3Store.open({ ...place.options, ...change(place) });
    const error = await opening.catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(StoreUnavailableError);
    expect((error as Error).message).toMatch(message);
    expect((error as Error).message).not.toContain(inject("ceph").credentials.secretAccessKey);
  });
});

test("a clock that is hours behind is told, with how much", async () => {
  const place = await createBucket();
  onTestFinished(() => place.client.destroy());
  vi.useFakeTimers({ toFake: ["Date"], now: Date.now() - 125 * 60_000 });
  onTestFinished(() => void vi.useRealTimers());
  const error = await S3Store.open(place.options).catch((reason: unknown) => reason);
  expect(error).toBeInstanceOf(StoreUnavailableError);
  expect((error as Error).message).toMatch(/clock of this machine is 2 h 5 min behind .*; set it/);
});
