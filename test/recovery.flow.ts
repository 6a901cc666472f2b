import { createHash } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import type { RetryEvent } from "@clipcourier/core";
import { describe, expect, test } from "vitest";
import { isOnBucket } from "../packages/service/test/test-ground.ts";
import { stopClock } from "./clock.ts";
import {
  expiredToken,
  gatewayError,
  requestExpired,
  requestTimeout,
  slowDown,
} from "./faults/answers.ts";
import { type Fault, forward, relay } from "./faults/exchange.ts";
import type { FaultFront } from "./faults/fault-front.ts";
import {
  answerEarly,
  answerWith,
  closeAfterAnswer,
  goSilent,
  loseAnswer,
  resetAtOnce,
  resetMidBody,
  truncateAnswer,
} from "./faults/faults.ts";
import type { Rule } from "./faults/script.ts";
import { download, partSize, startSpoiledService } from "./spoiled-service.ts";
import { startSteppedPeer } from "./stepped-peer.ts";
import { awaitAnswers, until } from "./until.ts";
import { onePart, threeParts, uploadSpoiled } from "./upload-spoiled.ts";

describe("a part that fails is sent again, and only that part", () => {
  const part2 = { method: "PUT", part: 2 };
  test.each<[string, Rule, string, unknown]>([
    [
      "the connection is reset in the middle",
      { when: part2, fault: resetMidBody({ afterBytes: 1_000_000 }) },
      "network",
      "reset",
    ],
    ["the connection is reset at once", { when: part2, fault: resetAtOnce() }, "network", "reset"],
    ["408", { when: part2, fault: answerWith(gatewayError(408)) }, "rejected", 408],
    ["429", { when: part2, fault: answerWith(gatewayError(429)) }, "rate_limited", 429],
    ["500", { when: part2, fault: answerWith(gatewayError(500)) }, "server_error", 500],
    ["502", { when: part2, fault: answerWith(gatewayError(502)) }, "server_error", 502],
    ["503 SlowDown", { when: part2, fault: answerWith(slowDown()) }, "server_error", 503],
    ["504", { when: part2, fault: answerWith(gatewayError(504)) }, "server_error", 504],
    [
      "S3's 400 RequestTimeout",
      { when: part2, fault: answerWith(requestTimeout()) },
      "rejected",
      400,
    ],
    [
      "the answer is lost after the part was stored",
      { when: part2, fault: loseAnswer() },
      "network",
      "reset",
    ],
  ])("%s", async (_, rule, code, end) => {
    const { result, retries, sent, ends, finalized } = await uploadSpoiled([rule]);
    expect(sent).toHaveLength(4);
    expect(ends(2)).toEqual([end, 200]);
    expect([ends(1), ends(3)]).toEqual([[200], [200]]);
    expect(finalized()).toBe(1);
    expect(result).toMatchObject({ attempts: 4, bytesSent: threeParts.length });
    expect(retries).toHaveLength(1);
    expect(retries[0]).toMatchObject({ what: "part 2 of 3", file: "a.mp4", attempt: 1 });
    expect(retries[0]?.reason.code).toBe(code);
  });

  test("an answer that is cut off", async () => {
    const bytes = Buffer.from(threeParts);
    const spoil = { when: { method: "PUT", part: 1 }, fault: truncateAnswer({ keepBytes: 0 }) };
    const { ends, result } = await uploadSpoiled([spoil], { bytes });
    expect(ends(1)).toEqual([200, 200]);
    expect(result.attempts).toBe(4);
  });

  test("bursts of 503, each with a Retry-After that is honoured", async () => {
    const burst: Rule = { when: { method: "PUT" }, times: 6, fault: answerWith(slowDown("1")) };
    const { retries, result } = await uploadSpoiled([burst]);
    expect(result.attempts).toBe(9);
    expect(retries).toHaveLength(6);
    for (const { delay: waited } of retries) expect(waited).toBeGreaterThanOrEqual(1000);
  });

  test("gives up after the allowed attempts, and finalizes nothing", async () => {
    const spoiled = await startSpoiledService();
    const always: Rule = {
      when: { method: "PUT", part: 3 },
      times: Infinity,
      fault: answerWith(gatewayError(500)),
    };
    spoiled.front.script([always]);
    const client = spoiled.connect({ retry: { attempts: 3, minDelay: 5 } });
    const upload = client.upload(threeParts, { filename: "a.mp4" });
    await expect(upload).rejects.toMatchObject({
      code: "server_error",
      status: 500,
      retryable: true,
    });
    await expect(upload).rejects.toThrow(/a\.mp4.*part 3 of 3: tried 3 times/);
    expect(spoiled.parts().filter(({ part }) => part === 3)).toHaveLength(3);
    expect(spoiled.finalized()).toBe(0);
  });
});

describe("stalls", () => {
  const stallTimeout = 30_000;

  test.each([
    ["after the whole body was taken", goSilent(), partSize],
    ["in the middle, so that the window fills", goSilent({ afterBytes: 100_000 }), 100_000],
    ["before a byte was taken", goSilent({ afterBytes: 0 }), 0],
  ])("a peer that goes silent %s is cut off, and the part sent again", async (_, fault, taken) => {
    const clock = stopClock();
    const rule: Rule = { when: { method: "PUT", part: 1 }, fault };
    const { ends, retries, result } = await uploadSpoiled([rule], {
      stallTimeout,
      async meanwhile({ front, service }, retries) {
        const [silent, ...others] = await awaitParts(front, 3);
        await until(() => others.every(({ status }) => status === 200));
        await until(() => Number(silent?.bytesReceived) >= taken);
        // By halves, so that only a line is cut on which nothing has moved in between.
        while (retries.length === 0) {
          clock.turn(stallTimeout / 2);
          await awaitAnswers(service, 5);
        }
      },
    });
    expect(ends(1).at(-1)).toBe(200);
    expect(ends(1)).toHaveLength(2);
    expect(result.attempts).toBe(4);
    expect(retries.map(({ reason }) => reason.code)).toEqual(["stalled"]);
  });

  /** The first requests of the parts, in their order. */
  async function awaitParts({ log }: FaultFront, count: number) {
    const find = (part: number) => log.filter((request) => request.part === part).slice(0, 1);
    const list = () => Array.from({ length: count }, (_, index) => find(index + 1)).flat();
    await until(() => list().length === count);
    return list();
  }

  test("a line that is slow but moves is left alone", async () => {
    const clock = stopClock();
    const { client, gate, bytes, rootUrl } = await startSteppedPeer();
    const retries: RetryEvent[] = [];
    const onRetry = (event: RetryEvent) => retries.push(event);
    const uploading = client.upload(bytes, { stallTimeout, onRetry });
    for (let step = 0; step < 8; step++) {
      await until(() => gate.held === 1 || retries.length > 0);
      expect(retries).toEqual([]);
      clock.turn(0.6 * stallTimeout);
      gate.letOneThrough();
      // What has been taken makes room for more, and that is the movement.
      await awaitAnswers({ rootUrl }, 10);
    }
    gate.open();
    expect(await uploading).toMatchObject({ attempts: 1, bytesSent: bytes.length });
    expect(retries).toEqual([]);
  });
});

describe("early answers while the body is still going out", () => {
  test.each(["close", "hold"] as const)("503, then the socket is left to %s", async (socket) => {
    const rule: Rule = {
      when: { method: "PUT", part: 1 },
      fault: answerEarly(slowDown(), { afterBytes: 200_000, socket }),
    };
    const { ends, result } = await uploadSpoiled([rule]);
    expect(ends(1)).toEqual([503, 200]);
    expect(result.attempts).toBe(4);
  });

  test.each(["close", "hold"] as const)(
    "403 expired, then the socket is left to %s: the plan is asked for again",
    async (socket) => {
      const rule: Rule = {
        when: { method: "PUT", part: 1 },
        fault: answerEarly(requestExpired(), { afterBytes: 200_000, socket }),
      };
      const { ends, finalized, retries } = await uploadSpoiled([rule]);
      expect(ends(1)).toEqual([403, 200]);
      expect(finalized()).toBe(1);
      expect(retries.map(({ what, reason }) => [what, reason.code])).toEqual([
        ["the plan", "url_expired"],
      ]);
    },
  );
});

describe("kept-alive connections", () => {
  test("connections that are closed after each answer cost no part and no pause", async () => {
    const closing: Rule = { when: {}, times: Infinity, fault: closeAfterAnswer() };
    const { result, retries, ends } = await uploadSpoiled([closing], { concurrency: 1 });
    expect(result.bytesSent).toBe(threeParts.length);
    for (const part of [1, 2, 3]) expect(ends(part).filter((end) => end === 200)).toEqual([200]);
    // How often a request meets a connection that is just being closed is chance.
    const first = retries.filter(({ attempt }) => attempt === 1);
    for (const { delay: waited } of first) expect(waited).toBe(0);
  });

  test("one that is reset when it is used again is tried again at once", async () => {
    const rule: Rule = { when: { method: "PUT", reusedSocket: true }, fault: resetAtOnce() };
    const { retries, result } = await uploadSpoiled([rule], { concurrency: 1 });
    expect(retries.map(({ delay: waited }) => waited)).toEqual([0]);
    expect(result.attempts).toBe(4);
  });
});

/**
 * Ceph closes the connection with a refusal while the part is still being sent. The refusal can then
 * be lost in the reset, so that only the parts it stores are the same in each run.
 */
function isCertain(status: unknown): boolean {
  return status === 200 || !isOnBucket();
}

describe("part URLs that are no longer valid", () => {
  test("truly expired in the middle: fresh URLs, the same upload, the parts that there are", async () => {
    // The clock of an engine cannot be turned: there the part waits until its URL has expired.
    const clock = isOnBucket() ? null : stopClock({ timers: false });
    const urlLifetime = clock ? 60 : 15;
    const late: Fault = {
      name: "late",
      async apply(exchange) {
        if (clock) clock.turn((urlLifetime + 1) * 1000);
        else await sleep((urlLifetime + 2) * 1000);
        await relay(exchange, await forward(exchange));
      },
    };
    const { ends, finalized, result } = await uploadSpoiled(
      [{ when: { method: "PUT", part: 2 }, fault: late }],
      { concurrency: 1 },
      { urlLifetime },
    );
    expect(ends(1)).toEqual([200]);
    expect(ends(2).filter(isCertain)).toEqual([403, 200].filter(isCertain));
    expect(finalized()).toBe(1);
    expect(result).toMatchObject({ bytesSent: threeParts.length, bytesReused: 0 });
  });

  test("S3's 400 ExpiredToken counts as expired", async () => {
    const rule: Rule = { when: { method: "PUT", part: 2 }, fault: answerWith(expiredToken()) };
    const { ends } = await uploadSpoiled([rule]);
    expect([ends(1), ends(2), ends(3)]).toEqual([[200], [400, 200], [200]]);
  });

  test("the upload itself is gone: another upload id starts over", async () => {
    const checksum = createHash("md5").update(threeParts).digest("hex");
    const drop: Fault = {
      name: "dropUpload",
      async apply(exchange) {
        // Another size for the same checksum makes the service drop the open upload.
        await spoiled.service.connect().requestUpload({ checksum, size: 1 });
        await relay(exchange, await forward(exchange));
      },
    };
    const spoiled = await startSpoiledService();
    spoiled.front.script([{ when: { method: "PUT", part: 2 }, fault: drop }]);
    const result = await spoiled.connect().upload(threeParts, { concurrency: 1 });
    expect((await download(result.clip.videoUrl)).equals(threeParts)).toBe(true);
    const expected = [
      { part: 1, status: 200 },
      { part: 2, status: 404 },
      { part: 1, status: 200 },
      { part: 2, status: 200 },
      { part: 3, status: 200 },
    ];
    const ended = spoiled.parts().filter(({ status }) => isCertain(status));
    expect(ended).toEqual(expected.filter(({ status }) => isCertain(status)));
    expect(result.bytesSent).toBe(threeParts.length + partSize);
    expect(spoiled.finalized()).toBe(1);
  });

  test("a refusal that is lost in a reset, again and again, counts as one", async () => {
    const reset: Rule = { when: { method: "PUT", part: 2 }, times: 6, fault: resetAtOnce() };
    const { ends, retries, finalized } = await uploadSpoiled([reset]);
    expect(ends(2).filter((end) => end === "reset")).toHaveLength(6);
    expect(ends(2).at(-1)).toBe(200);
    expect(ends(1).filter((end) => end === 200)).toHaveLength(1);
    expect(retries.filter(({ what }) => what === "the plan")).toHaveLength(1);
    expect(finalized()).toBe(1);
  });

  test("URLs that are refused again and again are given up, and storage's answer is told", async () => {
    const spoiled = await startSpoiledService();
    spoiled.front.script([
      { when: { method: "PUT" }, times: Infinity, fault: answerWith(requestExpired()) },
    ]);
    const upload = spoiled.connect({ retry: { attempts: 3, minDelay: 5 } }).upload(onePart);
    await expect(upload).rejects.toMatchObject({ code: "url_expired", status: 403 });
    await expect(upload).rejects.toThrow("AccessDenied: Request has expired");
    expect(spoiled.parts()).toHaveLength(3);
    expect(spoiled.finalized()).toBe(0);
  });
});
