import { randomBytes } from "node:crypto";
import type { UploadOutcome, UploadProgress, UploadSource } from "@clipcourier/core";
import { describe, expect, test } from "vitest";
import { collect } from "./collect.ts";
import { goSilent } from "./faults/faults.ts";
import { Gate, holdAt } from "./faults/gate.ts";
import type { RequestRecord } from "./faults/request-log.ts";
import type { Rule } from "./faults/script.ts";
import { download, mebibyte, partSize, startSpoiledService } from "./spoiled-service.ts";
import { makeFolder, startTestService } from "./start-service.ts";
import { awaitAnswers, until } from "./until.ts";

const put = { method: "PUT" };

/** How many of these requests were under way at once at most. */
function countAtOnce(requests: readonly RequestRecord[]): number {
  const counts = requests.map(
    ({ startedAt }) =>
      requests.filter(
        (other) => other.startedAt <= startedAt && (other.endedAt ?? Infinity) > startedAt,
      ).length,
  );
  return Math.max(...counts);
}

describe("how much is on its way at once", () => {
  test("concurrency parts, for all files together", async () => {
    const spoiled = await startSpoiledService();
    const gate = new Gate();
    spoiled.front.script([{ when: put, times: Infinity, fault: holdAt(gate) }]);
    const sources = Array.from({ length: 5 }, () => randomBytes(2 * partSize + 1));
    const batch = collect(spoiled.connect().uploadAll(sources, { concurrency: 3 }));
    for (let ended = 0; ended < 15; ended++) {
      await until(() => gate.held === Math.min(3, 15 - ended));
      await awaitAnswers(spoiled.service, 10);
      expect(spoiled.parts()).toHaveLength(Math.min(15, ended + 3));
      gate.letOneThrough();
    }
    await batch;
    expect(spoiled.parts()).toHaveLength(15);
  });

  test("fileConcurrency files, and no source is taken before its turn", async () => {
    const spoiled = await startSpoiledService();
    const gate = new Gate();
    spoiled.front.script([{ when: put, times: Infinity, fault: holdAt(gate) }]);
    let taken = 0;
    let ended = 0;
    async function* giveSources(): AsyncGenerator<UploadSource> {
      for (; taken < 9; ) {
        taken++;
        // Nothing ends before the room for files is full.
        if (taken >= 3) gate.open();
        expect(taken - ended).toBeLessThanOrEqual(3);
        yield randomBytes(1000);
      }
    }
    const outcomes = spoiled.connect().uploadAll(giveSources(), { fileConcurrency: 3 });
    for await (const { error } of outcomes) {
      expect(error).toBeUndefined();
      ended++;
      // A loop that pauses takes no further source either.
      const before = taken;
      await awaitAnswers(spoiled.service, 10);
      expect(taken).toBe(before);
    }
    expect([taken, ended]).toEqual([9, 9]);
  });

  test.each([0, -1, 1.5, Number.NaN])("fileConcurrency %d is refused", async (fileConcurrency) => {
    const { connect } = await startTestService();
    const upload = async () => collect(connect().uploadAll([], { fileConcurrency }));
    await expect(upload()).rejects.toMatchObject({ code: "invalid_option" });
    await expect(upload()).rejects.toThrow("fileConcurrency");
  });

  test("the next file is hashed while the current one is sent", async () => {
    const spoiled = await startSpoiledService();
    const gate = new Gate();
    spoiled.front.script([{ when: put, times: Infinity, fault: holdAt(gate) }]);
    const folder = await makeFolder();
    const first = await folder.write("first.mp4", randomBytes(2 * partSize));
    const second = await folder.write("second.mp4", randomBytes(2 * partSize));
    async function* giveSources(): AsyncGenerator<UploadSource> {
      yield first;
      await until(() => gate.held === 2);
      yield second;
    }
    const events: UploadProgress[] = [];
    const onProgress = (event: UploadProgress) => {
      events.push(event);
      if (event.file === second && event.phase === "upload") gate.open();
    };
    await collect(spoiled.connect().uploadAll(giveSources(), { concurrency: 2, onProgress }));
    const hashed = events.findIndex((event) => event.file === second && event.phase === "upload");
    const sent = events.findIndex((event) => event.file === first && event.acknowledged > 0);
    expect(events[hashed]).toMatchObject({ hashed: 2 * partSize, acknowledged: 0 });
    expect(hashed).toBeLessThan(sent);
  });

  test("60 small files", async () => {
    const spoiled = await startSpoiledService();
    const folder = await makeFolder();
    const contents = Array.from({ length: 60 }, (_, index) => randomBytes(index * 997 + 1));
    const sources = await Promise.all(
      contents.map((bytes, index) => folder.write(`${index}.mp4`, bytes)),
    );
    const outcomes = await collect(spoiled.connect().uploadAll(sources));
    expect(new Set(outcomes.map(({ index }) => index)).size).toBe(60);
    for (const { index, result } of outcomes) {
      expect(result?.clip.filename).toBe(`${index}.mp4`);
      expect((await download(result?.clip.videoUrl)).equals(contents[index] ?? Buffer.of())).toBe(
        true,
      );
    }
    const { log } = spoiled.front;
    expect([spoiled.parts().length, spoiled.finalized()]).toEqual([60, 60]);
    expect(log.filter(({ path }) => path.includes("/login/"))).toHaveLength(1);
    expect(countAtOnce(log.filter(({ method }) => method === "PUT"))).toBeLessThanOrEqual(4);
  });
});

describe("stopping a batch", () => {
  const contents = Array.from({ length: 6 }, () => randomBytes(mebibyte));
  // Only the first file's part gets through.
  const holdTheOthers: Rule = { when: { ...put, nth: 2 }, times: Infinity, fault: goSilent() };

  test("leaving the loop early stops what is running and takes no further source", async () => {
    const spoiled = await startSpoiledService();
    spoiled.front.script([holdTheOthers]);
    let taken = 0;
    let isReturned = false;
    function* giveSources(): Generator<UploadSource> {
      try {
        for (const bytes of contents) {
          taken++;
          yield bytes;
        }
      } finally {
        isReturned = true;
      }
    }
    for await (const { result } of spoiled
      .connect()
      .uploadAll(giveSources(), { fileConcurrency: 3, concurrency: 2 })) {
      expect(result?.outcome).toBe("uploaded");
      await until(() => spoiled.front.log.some(({ status }) => status === "silent"));
      break;
    }
    await until(() => spoiled.front.openSockets === 0);
    expect([taken, isReturned]).toEqual([3, true]);
    const requests = spoiled.front.log.length;
    await awaitAnswers(spoiled.service);
    expect(spoiled.front.log).toHaveLength(requests);
    expect(spoiled.finalized()).toBe(1);
  });

  test("an abort gives an aborted outcome for each of the rest", async () => {
    const spoiled = await startSpoiledService();
    spoiled.front.script([holdTheOthers]);
    const controller = new AbortController();
    const outcomes: UploadOutcome[] = [];
    for await (const outcome of spoiled
      .connect()
      .uploadAll(contents, { fileConcurrency: 3, signal: controller.signal })) {
      outcomes.push(outcome);
      if (outcomes.length > 1) continue;
      await until(() => spoiled.front.log.some(({ status }) => status === "silent"));
      controller.abort();
    }
    const [first, ...rest] = outcomes;
    expect(first?.result?.outcome).toBe("uploaded");
    expect(rest.map(({ error }) => error?.code)).toEqual(Array(5).fill("aborted"));
    expect(new Set(outcomes.map(({ index }) => index)).size).toBe(6);
    await until(() => spoiled.front.openSockets === 0);
    expect(spoiled.finalized()).toBe(1);
    expect(spoiled.parts().length).toBeLessThanOrEqual(3);
  });

  test("sources that fail to come let the uploads before them end, and then end the loop", async () => {
    const spoiled = await startSpoiledService();
    const gate = new Gate();
    spoiled.front.script([{ when: put, times: Infinity, fault: holdAt(gate) }]);
    async function* breakOff(): AsyncGenerator<UploadSource> {
      yield* contents.slice(0, 2);
      await until(() => gate.held === 2);
      // Once the list has failed.
      setImmediate(() => gate.open());
      throw new Error("the list of files is gone");
    }
    const outcomes: unknown[] = [];
    const reading = (async () => {
      for await (const { result } of spoiled.connect().uploadAll(breakOff())) {
        outcomes.push(result?.outcome);
      }
    })();
    await expect(reading).rejects.toThrow("the list of files is gone");
    expect(outcomes).toEqual(["uploaded", "uploaded"]);
    expect(spoiled.finalized()).toBe(2);
  });
});
