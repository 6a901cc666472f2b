import { expect, onTestFinished, test } from "vitest";
import { stopClock } from "../../../test/clock.ts";
import type { DirectUploadClient } from "../src/index.js";
import { type Exchange, startUploadServer } from "./upload-server.js";

const content = Buffer.from("a video");

/** A server that holds back each answer of one kind until the test opens it. */
async function startHeld(kind: Exchange["kind"]) {
  const gate = Promise.withResolvers<void>();
  const arrived = Promise.withResolvers<void>();
  onTestFinished(() => gate.resolve());
  const server = await startUploadServer({
    async answer(exchange) {
      if (exchange.kind !== kind) return false;
      arrived.resolve();
      await gate.promise;
      return false;
    },
  });
  return { server, arrived: arrived.promise, open: () => gate.resolve() };
}

test("an abort while the client signs in ends its own upload alone", async () => {
  const { server, arrived, open } = await startHeld("login");
  const client = server.connect();
  const stop = new AbortController();
  const stopped = client.upload(content, { signal: stop.signal });
  const other = client.upload(Buffer.from("another video"));
  await arrived;
  stop.abort();
  // The sign-in is still held back.
  await expect(stopped).rejects.toMatchObject({ code: "aborted" });
  open();
  await expect(other).resolves.toMatchObject({ outcome: "uploaded" });
  expect(server.count("login")).toBe(1);
});

test("the deadline of one upload is not that of another that waits for the same sign-in", async () => {
  const { server, arrived, open } = await startHeld("login");
  const client = server.connect();
  const clock = stopClock();
  const hurried = client.upload(content, { deadline: 100 });
  hurried.catch(() => {});
  const other = client.upload(Buffer.from("another video"));
  await arrived;
  clock.turn(100);
  await expect(hurried).rejects.toMatchObject({ code: "deadline" });
  open();
  await expect(other).resolves.toMatchObject({ outcome: "uploaded" });
});

test("a sign-in that nobody waits for any more is aborted, and the next call signs in", async () => {
  const { server, arrived, open } = await startHeld("login");
  const client = server.connect();
  const stop = new AbortController();
  const stopped = client.getClip("c1", { signal: stop.signal });
  await arrived;
  stop.abort();
  await expect(stopped).rejects.toMatchObject({ code: "aborted" });
  open();
  await expect(client.getClip("c1")).resolves.toMatchObject({ id: "c1" });
  expect(server.count("login")).toBe(2);
});

test("an abort while a session is renewed ends its own call alone", async () => {
  const gate = Promise.withResolvers<void>();
  const renewing = Promise.withResolvers<void>();
  const server = await startUploadServer({
    async answer({ kind, request, response, earlier }) {
      if (kind === "login" && earlier === 1) {
        renewing.resolve();
        await gate.promise;
      }
      if (kind !== "clip" || request.headers["x-access-token"] === "token-2") return false;
      response.writeHead(401).end();
      return true;
    },
  });
  const client = server.connect();
  const stop = new AbortController();
  const stopped = client.getClip("c1", { signal: stop.signal });
  const other = client.getClip("c1");
  await renewing.promise;
  stop.abort();
  await expect(stopped).rejects.toMatchObject({ code: "aborted" });
  gate.resolve();
  await expect(other).resolves.toMatchObject({ id: "c1" });
});

test("a call that allows more attempts does not fail with a sign-in that was allowed one", async () => {
  const gate = Promise.withResolvers<void>();
  const arrived = Promise.withResolvers<void>();
  const server = await startUploadServer({
    async answer({ kind, response, earlier }) {
      if (kind !== "login" || earlier > 0) return false;
      arrived.resolve();
      await gate.promise;
      response.writeHead(500).end();
      return true;
    },
  });
  const client = server.connect();
  const impatient = client.getClip("c1", { retry: { attempts: 1 } });
  impatient.catch(() => {});
  await arrived.promise;
  const patient = client.getClip("c1");
  gate.resolve();
  await expect(impatient).rejects.toMatchObject({ status: 500 });
  await expect(patient).resolves.toMatchObject({ id: "c1" });
});

test("equal content is sent once, and an upload that is aborted meanwhile ends at once", async () => {
  const { server, arrived, open } = await startHeld("part");
  const client = server.connect();
  const first = client.upload(content);
  await arrived;
  const stop = new AbortController();
  const second = client.upload(content, { signal: stop.signal });
  const third = client.upload(content);
  await expectHashed(client);
  stop.abort();
  await expect(second).rejects.toMatchObject({ code: "aborted" });
  // The third one still waits for the first, not for the second.
  expect(server.count("part")).toBe(1);
  open();
  const before = server.seen.length;
  await expect(first).resolves.toMatchObject({ outcome: "uploaded" });
  await third;
  expect(server.seen.slice(before).map(({ kind }) => kind)).toEqual([
    ...["finalize", "plan", "part", "finalize"],
  ]);
});

// An upload that begins now is hashed after those that began before.
async function expectHashed(client: DirectUploadClient): Promise<void> {
  const stop = new AbortController();
  const phases: string[] = [];
  const upload = client.upload(Buffer.from("x"), {
    signal: stop.signal,
    onProgress({ phase }) {
      phases.push(phase);
      if (phase === "upload") stop.abort();
    },
  });
  await expect(upload).rejects.toMatchObject({ code: "aborted" });
}

test("close() ends everything that is under way, and every later call at once", async () => {
  const { server, arrived } = await startHeld("part");
  const client = server.connect();
  const uploads = [1, 2, 3].map((number) => client.upload(Buffer.from(`video ${number}`)));
  const batch = collect(client.uploadAll([Buffer.from("4"), Buffer.from("5")]));
  const settled = Promise.allSettled(uploads);
  await arrived;
  await client.close();
  for (const result of await settled) {
    expect(result).toMatchObject({ status: "rejected", reason: { code: "aborted" } });
  }
  for (const { error } of await batch) expect(error?.message).toContain("The client was closed");
  const asked = server.seen.length;
  for (const call of [
    client.upload(content),
    client.getClip("c1"),
    client.listClips(),
    client.signIn(),
    client.waitUntilAvailable("c1"),
    collect(client.uploadAll([content])),
  ]) {
    await expect(call).rejects.toThrow("The client was closed");
  }
  expect(server.seen.length).toBe(asked);
});

async function collect<T>(items: AsyncIterable<T>): Promise<T[]> {
  const collected: T[] = [];
  for await (const item of items) collected.push(item);
  return collected;
}
