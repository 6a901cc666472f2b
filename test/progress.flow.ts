import { randomBytes } from "node:crypto";
import type {
  BatchProgress,
  DirectUploadClient,
  UploadOptions,
  UploadProgress,
  UploadSource,
} from "@clipcourier/core";
import { describe, expect, test } from "vitest";
import { rushClock, stopClock } from "./clock.ts";
import { collect } from "./collect.ts";
import { gatewayError, slowDown } from "./faults/answers.ts";
import { answerWith, loseAnswer, resetAtOnce, resetMidBody } from "./faults/faults.ts";
import { Gate, holdAt } from "./faults/gate.ts";
import { mebibyte, partSize, type SpoiledService, startSpoiledService } from "./spoiled-service.ts";
import { startStandIn } from "./stand-in.ts";
import { startTestService } from "./start-service.ts";
import { startSteppedPeer } from "./stepped-peer.ts";
import { awaitAnswers, until } from "./until.ts";

const put = { method: "PUT" };
const finalize = { method: "POST", path: /directupload/ };
const threeParts = randomBytes(2 * partSize + 12_345);

interface Event extends UploadProgress {
  /** Milliseconds, on the clock that the client looks at. */
  time: number;
}

/** Uploads and keeps every event; `look` is called at each of them. */
async function follow(
  client: DirectUploadClient,
  source: UploadSource,
  { look, ...options }: UploadOptions & { look?: (event: UploadProgress) => void } = {},
) {
  const events: Event[] = [];
  const onProgress = (event: UploadProgress) => {
    events.push({ ...event, time: Date.now() });
    look?.(event);
  };
  const result = await client.upload(source, { filename: "a.mp4", ...options, onProgress });
  return { events, result, last: events.at(-1) };
}

/** Bytes of the parts that the client was told are stored. */
function countStored({ front }: SpoiledService): number {
  return front.log
    .filter(({ method, status }) => method === "PUT" && status === 200)
    .reduce((sum, { headers }) => sum + Number(headers["content-length"]), 0);
}

test("phases come in order, no figure goes back, and the last event is complete", async () => {
  const { connect } = await startSpoiledService();
  const { events, last, result } = await follow(connect(), threeParts);
  expect(new Set(events.map(({ phase }) => phase))).toEqual(
    new Set(["fingerprint", "upload", "finalize", "processing"]),
  );
  const order = ["fingerprint", "upload", "finalize", "processing"];
  for (const [index, event] of events.entries()) {
    expect(event).toMatchObject({ file: "a.mp4", size: threeParts.length });
    expect(event.acknowledged + event.inFlight).toBeLessThanOrEqual(event.size);
    expect(event.hashed).toBeLessThanOrEqual(event.size);
    if (event.phase !== "fingerprint") expect(event.hashed).toBe(event.size);
    if (order.indexOf(event.phase) > 1) expect(event.acknowledged).toBe(event.size);
    const before = events[index - 1];
    if (before === undefined) continue;
    expect(order.indexOf(event.phase)).toBeGreaterThanOrEqual(order.indexOf(before.phase));
    for (const name of ["hashed", "acknowledged", "attempts", "reused"] as const) {
      expect(event[name]).toBeGreaterThanOrEqual(before[name]);
    }
  }
  const { length } = threeParts;
  expect(last).toMatchObject({ hashed: length, acknowledged: length, inFlight: 0, reused: 0 });
  expect(last?.attempts).toBe(result.attempts);
});

test("the last event is complete also where the clip is there at once, and where it is known", async () => {
  const { connect } = await startSpoiledService();
  const client = connect();
  const sent = await follow(client, threeParts, { waitFor: "finalized" });
  const { length } = threeParts;
  expect(sent.last).toMatchObject({ phase: "finalize", hashed: length, acknowledged: length });
  await client.waitUntilAvailable(sent.result.clip);
  const known = await follow(client, threeParts);
  expect(known.result.outcome).toBe("known");
  expect(known.last).toMatchObject({ hashed: length, inFlight: 0, attempts: 0 });
});

test("acknowledged never counts what storage has not acknowledged, whatever goes wrong", async () => {
  const spoiled = await startSpoiledService();
  spoiled.front.script([
    { when: { ...put, part: 1 }, fault: answerWith(slowDown()) },
    { when: { ...put, part: 2 }, fault: loseAnswer() },
    { when: { ...put, part: 3 }, fault: resetMidBody({ afterBytes: 5_000 }) },
    { when: { ...put, part: 4 }, times: 2, fault: answerWith(gatewayError(500)) },
  ]);
  rushClock();
  const bytes = randomBytes(6 * partSize);
  const { events, last } = await follow(spoiled.connect(), bytes, {
    look: ({ acknowledged }) => expect(acknowledged).toBeLessThanOrEqual(countStored(spoiled)),
  });
  // All of it, and part by part.
  expect(new Set(events.map(({ acknowledged }) => acknowledged)).size).toBe(7);
  expect(last).toMatchObject({ acknowledged: bytes.length, attempts: 11 });
  expect(countStored(spoiled)).toBe(bytes.length);
});

describe("bytes in flight", () => {
  test("move on a limited line while nothing is acknowledged yet", async () => {
    const { connect, front } = await startSpoiledService();
    const gate = new Gate();
    front.script([{ when: put, times: Infinity, fault: holdAt(gate) }]);
    rushClock();
    const size = 2 * partSize;
    const { events } = await follow(connect(), randomBytes(size), {
      maxBytesPerSecond: 64 * mebibyte,
      look: ({ inFlight }) => inFlight === size && gate.open(),
    });
    const waiting = events.filter(({ phase, acknowledged }) => phase === "upload" && !acknowledged);
    expect(new Set(waiting.map(({ inFlight }) => inFlight)).size).toBeGreaterThan(100);
  });

  test("move as a slow peer takes them, and no further", async () => {
    const { client, gate, bytes } = await startSteppedPeer();
    rushClock();
    let now = { inFlight: 0, acknowledged: 0 };
    const look = (event: UploadProgress) => {
      now = event;
    };
    const following = follow(client, bytes, { look });
    for (let step = 0; step < 8; step++) {
      await until(() => gate.held === 1);
      const before = now.inFlight;
      gate.letOneThrough();
      await until(() => now.inFlight > before);
      expect(now.acknowledged).toBe(0);
    }
    expect(now.inFlight).toBeLessThan(bytes.length);
    gate.open();
    const { last } = await following;
    expect(last).toMatchObject({ acknowledged: bytes.length, inFlight: 0, attempts: 1 });
  });

  test("no byte falls out of both figures when its part is stored", async () => {
    const { connect, front } = await startSpoiledService();
    const gate = new Gate();
    front.script([{ when: put, fault: holdAt(gate) }]);
    const { events } = await follow(connect(), randomBytes(50_000), {
      waitFor: "finalized",
      // Storage takes its time: its answer comes after the bytes have been told.
      look: ({ inFlight }) => inFlight === 50_000 && gate.open(),
    });
    const sums = events.map(({ acknowledged, inFlight }) => acknowledged + inFlight);
    expect(sums).toContain(50_000);
    expect(sums).toEqual(sums.toSorted((a, b) => a - b));
  });

  test("fall when a part fails, and acknowledged does not", async () => {
    const spoiled = await startSpoiledService();
    const fault = resetMidBody({ afterBytes: 3 * mebibyte });
    spoiled.front.script([{ when: { ...put, part: 1 }, fault }]);
    rushClock();
    const { events, last } = await follow(spoiled.connect(), randomBytes(partSize));
    const highest = Math.max(
      ...events.filter(({ attempts }) => attempts === 1).map(({ inFlight }) => inFlight),
    );
    const afterwards = events.find(({ attempts }) => attempts === 2);
    expect(highest).toBeGreaterThanOrEqual(2 * mebibyte);
    expect(afterwards).toMatchObject({ inFlight: 0, acknowledged: 0 });
    expect(last).toMatchObject({ acknowledged: partSize, inFlight: 0, attempts: 2 });
  });
});

test("after a resume, reused tells what was there already", async () => {
  const spoiled = await startSpoiledService();
  const client = spoiled.connect();
  const controller = new AbortController();
  rushClock();
  const stopped = follow(client, threeParts, {
    concurrency: 1,
    signal: controller.signal,
    look: ({ acknowledged }) => {
      if (acknowledged > 0) controller.abort();
    },
  });
  await expect(stopped).rejects.toMatchObject({ code: "aborted" });
  const before = countStored(spoiled);
  const { events, result, last } = await follow(client, threeParts);
  expect(before).toBeGreaterThan(0);
  expect(last).toMatchObject({ reused: before, acknowledged: threeParts.length });
  expect(result).toMatchObject({ bytesReused: before, attempts: last?.attempts });
  for (const { phase, reused, acknowledged } of events) {
    if (phase !== "fingerprint") expect(reused).toBe(before);
    expect(acknowledged).toBeGreaterThanOrEqual(reused);
  }
});

/** How many events came within one second at most. */
function countPerSecond(events: readonly Event[]): number {
  const counts = events.map(
    ({ time }) => events.filter((event) => event.time >= time && event.time < time + 1000).length,
  );
  return Math.max(...counts);
}

describe("at most ten events in any second", () => {
  test("of a fast upload in many parts", async () => {
    await using standIn = await startStandIn({ chunkSize: 16_384 });
    await using client = standIn.connect();
    const clock = stopClock();
    const following = follow(client, randomBytes(20 * mebibyte));
    // A tenth of a second for 80 parts.
    for (let stored = 80; stored < 1_280; stored += 80) {
      await until(() => standIn.stored.size >= stored);
      clock.turn(100);
    }
    const { events } = await following;
    expect(standIn.stored.size).toBe(1_280);
    expect(events.length).toBeGreaterThan(6);
    expect(countPerSecond(events)).toBeLessThanOrEqual(10);
  });

  test("of a slow one, which still tells something several times a second", async () => {
    const { client, gate, bytes, rootUrl } = await startSteppedPeer();
    const clock = stopClock();
    const following = follow(client, bytes);
    // Twelve steps of a tenth of a second.
    for (let step = 0; step < 12; step++) {
      await until(() => gate.held === 1);
      gate.letOneThrough();
      await awaitAnswers({ rootUrl }, 10);
      clock.turn(100);
    }
    gate.open();
    const { events } = await following;
    expect(events.length).toBeGreaterThan(6);
    expect(countPerSecond(events)).toBeLessThanOrEqual(10);
  });

  test("of one whose finalize fails again and again", async () => {
    const { connect, front } = await startSpoiledService();
    front.script([{ when: finalize, times: 5, fault: resetAtOnce() }]);
    stopClock();
    const { events } = await follow(connect(), randomBytes(1000));
    expect(countPerSecond(events)).toBeLessThanOrEqual(10);
  });
});

test("in a batch, each file's figures are told apart by its place, also where none has a name", async () => {
  const service = await startTestService();
  const contents = [randomBytes(1000), randomBytes(partSize + 1), randomBytes(3000)];
  const sizes = new Map<number, number>();
  const onProgress = ({ index, acknowledged }: BatchProgress) => sizes.set(index, acknowledged);
  await collect(service.connect().uploadAll(contents, { onProgress }));
  expect([...sizes].sort()).toEqual([
    [0, 1000],
    [1, partSize + 1],
    [2, 3000],
  ]);
});
