import { expect, test } from "vitest";
import { stopClock } from "../../../test/clock.ts";
import { startUploadServer } from "./upload-server.js";

const content = Buffer.from("a video");
const once = { retry: { attempts: 1 } };

test.each(["login", "plan", "part", "finalize", "clip"] as const)(
  "attempts: 1 makes one request where %s fails, in upload() and uploadAll()",
  async (failing) => {
    const start = () =>
      startUploadServer({
        answer({ kind, response }) {
          if (kind === "finalize" && failing === "clip") {
            response.end(JSON.stringify(pending));
            return true;
          }
          if (kind !== failing) return false;
          response.writeHead(500).end();
          return true;
        },
      });
    const single = await start();
    await expect(single.connect().upload(content, once)).rejects.toMatchObject({ status: 500 });
    expect(single.count(failing)).toBe(1);
    const batch = await start();
    for await (const { error } of batch.connect().uploadAll([content], once)) {
      expect(error).toMatchObject({ status: 500 });
    }
    expect(batch.count(failing)).toBe(1);
  },
);

const pending = {
  data: [{ id: "c1", url: "http://a", preview_gif: null, thumbnail_url: null, status: "pending" }],
};

test("attempts: 1 makes one request in signIn(), and the client's options hold elsewhere", async () => {
  const server = await startUploadServer({
    answer({ kind, response, earlier }) {
      if (kind !== "login" || earlier > 2) return false;
      response.writeHead(500).end();
      return true;
    },
  });
  const client = server.connect({ retry: { attempts: 3, minDelay: 1 } });
  await expect(client.signIn(undefined, once)).rejects.toMatchObject({ status: 500 });
  expect(server.count("login")).toBe(1);
  await expect(client.signIn()).resolves.toMatchObject({ accessKey: "key-4" });
});

test.each([0, -1, 1.5, Number.NaN, Number.POSITIVE_INFINITY])(
  "attempts: %d is refused by name, by the client and by each call",
  async (attempts) => {
    const server = await startUploadServer();
    const retry = { attempts };
    expect(() => server.connect({ retry })).toThrow("retry.attempts");
    const client = server.connect();
    await expect(client.upload(content, { retry })).rejects.toThrow("retry.attempts");
    await expect(client.getClip("c1", { retry })).rejects.toThrow("retry.attempts");
    expect(() => client.uploadAll([content], { retry })).toThrow("retry.attempts");
    expect(server.seen).toEqual([]);
  },
);

test("a value that is undefined leaves the client's own", async () => {
  const server = await startUploadServer({
    answer({ response }) {
      response.writeHead(503).end();
      return true;
    },
  });
  const client = server.connect({ retry: { attempts: 2, minDelay: 1 } });
  const retry = { attempts: undefined, minDelay: 1 };
  await expect(client.signIn(undefined, { retry })).rejects.toMatchObject({ status: 503 });
  expect(server.count("login")).toBe(2);
});

test("storage that resets every connection: one budget for the upload, reported in the error", async () => {
  const server = await startUploadServer({
    chunkSize: 1024 * 1024,
    answer({ kind, request }) {
      if (kind !== "part") return false;
      request.socket.resetAndDestroy();
      return true;
    },
  });
  const uploading = server
    .connect({ retry: { attempts: 6, minDelay: 1 } })
    .upload(Buffer.alloc(12 * 1024 * 1024, "x"));
  await expect(uploading).rejects.toMatchObject({ code: "network" });
  await expect(uploading).rejects.toThrow(/part 1 of 12: tried 6 times/);
  // Four parts at once until fresh URLs are asked for, then a single one with what it has left.
  expect(server.count("part")).toBeLessThanOrEqual(4 * 3 + 3);
  expect(server.seen.filter(({ partNumber }) => partNumber === 1)).toHaveLength(6);
  expect(server.count("plan")).toBe(2);
});

test("while storage is gone a single part waits for it, and then all parts are sent", async () => {
  let outage = 30;
  const server = await startUploadServer({
    chunkSize: 1024 * 1024,
    answer({ kind, request, earlier }) {
      if (kind !== "part" || earlier < 2 || outage === 0) return false;
      outage--;
      request.socket.resetAndDestroy();
      return true;
    },
  });
  const content = Buffer.alloc(12 * 1024 * 1024, "x");
  await expect(server.connect().upload(content)).resolves.toMatchObject({ outcome: "uploaded" });
  expect(server.count("plan")).toBe(2);
  const stored = [...server.stored].sort(([a], [b]) => a - b).map(([, bytes]) => bytes);
  expect(Buffer.concat(stored).equals(content)).toBe(true);
});

test("the error of a deadline has the last real failure in its message and as its cause", async () => {
  const server = await startUploadServer({
    answer({ kind, request }) {
      if (kind !== "plan") return false;
      request.socket.resetAndDestroy();
      return true;
    },
  });
  const clock = stopClock();
  let failures = 0;
  const failed = Promise.withResolvers<void>();
  const client = server.connect({ retry: { minDelay: 60_000, maxDelay: 60_000 } });
  const uploading = client.upload(content, {
    filename: "a.mp4",
    deadline: 1_000,
    onRetry: () => ++failures === 2 && failed.resolve(),
  });
  uploading.catch(() => {});
  await failed.promise;
  clock.turn(1_000);
  await expect(uploading).rejects.toMatchObject({
    code: "deadline",
    retryable: true,
    cause: { code: "network" },
  });
  await expect(uploading).rejects.toThrow(
    /a\.mp4: .*not finished after 1000 ms.*The last failure: .*127\.0\.0\.1.*failed/,
  );
  const error = await uploading.catch((error: Error) => error);
  expect((error as Error).cause).not.toHaveProperty("cause.code", "deadline");
});

test.each([
  ["finalize is refused for the moment, while plans are given", "finalize", 503],
  ["one part is refused, in every upload that the service opens", "part", 403],
] as const)("rounds of asking for a plan come to an end where %s", async (_, failing, status) => {
  let uploads = 0;
  const server = await startUploadServer({
    chunkSize: 1024 * 1024,
    nextUploadId: () => `upload-${++uploads}`,
    answer({ kind, partNumber, response }) {
      if (kind !== failing || (kind === "part" && partNumber !== 3)) return false;
      response.writeHead(status).end();
      return true;
    },
  });
  const content = Buffer.alloc(6 * 1024 * 1024, "x");
  const uploading = server.connect().upload(content, { concurrency: 1 });
  await expect(uploading).rejects.toMatchObject({ status });
  await expect(uploading).rejects.toThrow("the plan: tried 6 times");
  expect(server.count("plan")).toBe(6);
});

test("the error of a deadline does not name a sign-in that succeeded at last", async () => {
  const server = await startUploadServer({
    answer({ kind, response, earlier }) {
      if (kind !== "login" || earlier > 0) return false;
      response.writeHead(503).end();
      return true;
    },
  });
  const clock = stopClock();
  const retried = Promise.withResolvers<void>();
  const source = { name: "a.mp4", size: 8 * 1024 * 1024, read: () => new Promise<never>(() => {}) };
  const client = server.connect();
  const uploading = client.upload(source, { deadline: 1_000, onRetry: () => retried.resolve() });
  uploading.catch(() => {});
  await retried.promise;
  // This waits for the same sign-in.
  await client.getClip("c1");
  clock.turn(1_000);
  await expect(uploading).rejects.toMatchObject({ code: "deadline" });
  await expect(uploading).rejects.not.toThrow("The last failure");
});

test("a list of sources that fails lets the uploads before it end, and is reported", async () => {
  const server = await startUploadServer();
  async function* list() {
    yield Buffer.from("a");
    throw new Error("the folder is gone");
  }
  const outcomes: unknown[] = [];
  const reading = (async () => {
    for await (const { result } of server.connect().uploadAll(list()))
      outcomes.push(result?.outcome);
  })();
  await expect(reading).rejects.toMatchObject({
    code: "unexpected",
    message: expect.stringContaining("The list of sources ended early: the folder is gone."),
  });
  expect(outcomes).toEqual(["uploaded"]);
});

test("an outage of the caller's own is not exceeded because the peer asks for a longer wait", async () => {
  const server = await startUploadServer({
    answer({ response }) {
      response.writeHead(503, { "retry-after": "3600" }).end();
      return true;
    },
  });
  const client = server.connect({ retry: { outage: 1000 } });
  await expect(client.getClip("c1")).rejects.toMatchObject({ status: 503, retryAfter: 3_600_000 });
  expect(server.seen).toHaveLength(1);
});

test.each([
  ["43200", 1, "Try again in 12 h."],
  ["601", 1, "Try again in 11 min."],
  ["0", 6, "Try again later, or send less at once."],
])("429 that asks to wait %s s is asked %i times", async (seconds, times, remedy) => {
  const server = await startUploadServer({
    answer({ response }) {
      response.writeHead(429, { "retry-after": seconds }).end();
      return true;
    },
  });
  const client = server.connect({ retry: { minDelay: 0, maxDelay: 0 } });
  await expect(client.getClip("c1")).rejects.toMatchObject({
    status: 429,
    message: expect.stringContaining(remedy),
  });
  expect(server.seen).toHaveLength(times);
});

test.each([
  [2, [503, 403], 2],
  [4, [500, 500, 500, 403, 500], 4],
  [4, [500, 403, 500, 500, 500], 4],
])(
  "attempts: %i limits a part also where its URL was refused in between",
  async (attempts, statuses, count) => {
    const server = await startUploadServer({
      answer({ kind, response, earlier }) {
        if (kind !== "part") return false;
        response.writeHead(statuses[earlier] ?? 500).end();
        return true;
      },
    });
    const uploading = server.connect({ retry: { attempts, minDelay: 1 } }).upload(Buffer.from("a"));
    await expect(uploading).rejects.toMatchObject({ name: "DirectUploadError" });
    expect(server.count("part")).toBe(count);
  },
);

test("after an outage and fresh URLs, a refusal that may pass is one of several", async () => {
  const server = await startUploadServer({
    answer({ kind, request, response, earlier }) {
      if (kind !== "part" || earlier > 8) return false;
      if (earlier < 6) response.writeHead(503).end();
      else if (earlier === 6) request.socket.resetAndDestroy();
      else response.writeHead(429).end();
      return true;
    },
  });
  const { outcome } = await server.connect().upload(Buffer.from("a"));
  expect(outcome).toBe("uploaded");
});
