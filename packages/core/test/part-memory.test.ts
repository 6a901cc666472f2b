import { setTimeout as sleep } from "node:timers/promises";
import { expect, onTestFinished, test, vi } from "vitest";
import { computeFingerprint } from "../src/fingerprint/fingerprint.js";
import { HashWorkers } from "../src/fingerprint/hash-workers.js";
import { DirectUploadClient, type TransportRequest } from "../src/index.js";
import { createPartBody } from "../src/parts/body.js";
import { allocateShared, BufferPool } from "../src/source/buffer-pool.js";
import { openSource } from "../src/source/source.js";
import { makeTemporaryFolder } from "./temporary-folder.js";
import { startUploadServer } from "./upload-server.js";

const mebibyte = 1024 * 1024;

test("parts that fail in the middle do not take new memory with each attempt", async () => {
  await using folder = await makeTemporaryFolder();
  const path = await folder.write("a.mp4", Buffer.alloc(60 * mebibyte, "x"));
  const server = await startUploadServer({ chunkSize: 2 * mebibyte });
  const memories = new Set<unknown>();
  let failures = 0;
  const client = new DirectUploadClient({
    rootUrl: `${server.origin}/v2.7`,
    ...{ appId: "app", accessKey: "key", accessToken: "token" },
    // However slow the machine is, the failures are not given up as an outage.
    retry: { minDelay: 1, maxDelay: 2, outage: 86_400_000 },
    transport: {
      async send(request: TransportRequest) {
        const { body, method, url, headers } = request;
        const pieces: Uint8Array[] = [];
        if (body !== undefined && !(body instanceof Uint8Array)) {
          for await (const piece of body.pieces()) {
            memories.add(piece.buffer);
            // The next block of this part is being read now.
            if (failures < 100 && failures++ % 4 !== 0) throw new Error("cut");
            pieces.push(Buffer.from(piece));
          }
        }
        const sent = pieces.length > 0 ? Buffer.concat(pieces) : (body as Buffer | undefined);
        const answer = await fetch(url, { method, headers, body: sent ?? null });
        const { status } = answer;
        return { status, headers: Object.fromEntries(answer.headers), body: await answer.text() };
      },
    },
  });
  await client.upload(path);
  expect(failures).toBe(100);
  expect(Buffer.concat([...server.stored.values()]).length).toBe(60 * mebibyte);
  // Four parts at once, and as many buffers again whose last read is still under way.
  expect(memories.size).toBeLessThanOrEqual(8);
});

test("memory that is still being filled is not handed out, and comes back when that has ended", async () => {
  const pool = new BufferPool(1);
  const reading = Promise.withResolvers<void>();
  const first = await pool.take(10);
  const second = pool.replace(first, reading.promise);
  expect(second.buffer).not.toBe(first.buffer);
  pool.giveBackAfter(second, Promise.resolve());
  const third = await pool.take(10);
  expect(third.buffer).not.toBe(first.buffer);
  reading.resolve();
  await sleep(0);
  expect(pool.replace(third, reading.promise).buffer).toBe(first.buffer);
  expect(allocateShared(3)).toHaveLength(3);
});

test("a source that takes longer than the stall timeout is reported by its name, not as the peer's silence", async () => {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
  onTestFinished(() => {
    vi.useRealTimers();
  });
  const server = await startUploadServer({ chunkSize: 8 * mebibyte });
  const reasons: string[] = [];
  const bytes = new Uint8Array(6 * mebibyte);
  const waits = [30_000, 60_000];
  let isHashed = false;
  const source = {
    name: "tape.mp4",
    size: bytes.byteLength,
    async read(start: number, end: number) {
      const wait = isHashed && start === 0 ? waits.shift() : undefined;
      isHashed ||= end === bytes.byteLength;
      if (wait === undefined) return bytes.subarray(start, end);
      setImmediate(() => vi.advanceTimersByTime(wait));
      return await new Promise<Uint8Array>(() => {});
    },
  };
  const { outcome } = await server.connect().upload(source, {
    onRetry: ({ reason, delay }) => {
      reasons.push(reason.message);
      setImmediate(() => vi.advanceTimersByTime(delay));
    },
  });
  expect(outcome).toBe("uploaded");
  expect(reasons).toEqual(
    ["30", "60"].map((time) =>
      expect.stringMatching(`^tape.mp4 could not be read: it gave no bytes for ${time} s`),
    ),
  );
});

test("a body that is asked for more after its attempt has ended reads nothing, and reports nothing", async () => {
  const bytes = Buffer.alloc(4 * mebibyte, "x");
  const workers = new HashWorkers();
  onTestFinished(() => workers.close());
  let reads = 0;
  const source = await openSource({
    name: "a.mp4",
    size: bytes.length,
    read: async (start: number, end: number) => {
      reads++;
      return bytes.subarray(start, end);
    },
  });
  const fingerprint = await computeFingerprint(workers, source, {});
  const ended = new AbortController();
  const readings = new Set<Promise<unknown>>();
  const content = { source, fingerprint, workers, buffer: allocateShared(2 * mebibyte), readings };
  let sent = 0;
  const listener = {
    awaitSource: <T>(reading: Promise<T>) => reading,
    onSent: (count: number) => {
      sent += count;
    },
    onFailure: () => {},
  };
  const part = { partNumber: 1, start: 0, length: bytes.length, url: "http://127.0.0.1/" };
  const body = createPartBody(part, content, listener, ended.signal);
  const pieces = body.pieces()[Symbol.asyncIterator]();
  for (let given = 0; given < mebibyte; ) given += (await pieces.next()).value?.byteLength ?? 0;
  // The second block is in memory by now.
  await vi.waitFor(() => expect(readings.size).toBe(0));
  const before = { reads, sent };
  ended.abort();
  await expect(pieces.next()).rejects.toMatchObject({ code: "aborted" });
  expect({ reads, sent }).toEqual(before);
});
