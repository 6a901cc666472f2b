import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import { stopClock } from "../clock.ts";
import { until } from "../until.ts";
import { expiredToken, gatewayError, requestExpired, requestTimeout, slowDown } from "./answers.ts";
import {
  answerEarly,
  answerWith,
  changeEtag,
  closeAfterAnswer,
  corruptBody,
  cutAnswerBody,
  drainSlowly,
  goSilent,
  loseAnswer,
  resetAtOnce,
  resetMidBody,
  rewriteAnswer,
  stopMidBody,
  truncateAnswer,
} from "./faults.ts";
import { Gate, holdAt, takeInSteps } from "./gate.ts";
import { body, md5, mebi, partPath, rawPut, type Seen, useStage } from "./stage.ts";

const stage = useStage();
const hasEnded = ({ ending }: Seen) => ending !== "open";
const isTaken = () => stage.now.front.log[0]?.bodyComplete === true;

describe("faults of the connection", () => {
  it("resets in the middle of a body, and the service sees a cut request", async () => {
    stage.now.front.script([{ when: {}, fault: resetMidBody({ afterBytes: mebi }) }]);
    await expect(stage.now.putPart(1)).rejects.toMatchObject({
      code: expect.stringMatching(/ECONNRESET|EPIPE/),
    });
    await expect.poll(() => stage.now.upstream.cutRequests).toBe(1);
    expect(stage.now.storedPart(1)).toBeUndefined();
    expect(stage.now.front.log[0]).toMatchObject({
      status: "reset",
      bodyComplete: false,
      upstreamStatus: undefined,
    });
    expect(stage.now.front.log[0]?.bytesReceived).toBeGreaterThanOrEqual(mebi);
  });

  it("resets a reused connection before any byte of an answer", async () => {
    stage.now.front.script([{ when: { reusedSocket: true }, fault: resetAtOnce() }]);
    expect((await stage.now.putPart(1)).status).toBe(200);
    await expect(stage.now.putPart(2)).rejects.toMatchObject({
      code: expect.stringMatching(/ECONNRESET|EPIPE/),
    });
    expect(stage.now.front.log[1]).toMatchObject({ reusedSocket: true, status: "reset" });
    expect(stage.now.upstream.seen).toHaveLength(1);
  });

  it("closes a connection that its answer called keep-alive", async () => {
    stage.now.front.script([{ when: {}, fault: closeAfterAnswer() }]);
    const answer = await stage.now.sendRaw(rawPut(4), Buffer.from("clip"), hasEnded);
    expect(answer.text).toContain("200 OK");
    expect(answer.text).not.toMatch(/connection: close/i);
    expect(answer.ending).toBe("end");
  });

  it("stays silent after the whole body", async () => {
    stage.now.front.script([{ when: {}, fault: goSilent() }]);
    const answer = await stage.now.sendRaw(rawPut(body.length), body, isTaken);
    expect(answer).toEqual({ text: "", ending: "open", unsent: 0 });
    expect(stage.now.front.log[0]).toMatchObject({
      bytesReceived: body.length,
      bodyComplete: true,
    });
    await expect.poll(() => stage.now.front.log[0]?.endedAt).toBeDefined();
    expect(stage.now.front.log[0]?.status).toBe("silent");
    expect(stage.now.upstream.seen).toHaveLength(0);
  });

  it("stays silent and stops reading, so that the window fills", async () => {
    stage.now.front.script([{ when: {}, fault: goSilent({ afterBytes: mebi }) }]);
    const large = Buffer.alloc(24 * mebi);
    const isSilent = () => Number(stage.now.front.log[0]?.bytesReceived) >= mebi;
    const answer = await stage.now.sendRaw(rawPut(large.length), large, isSilent);
    expect(answer).toMatchObject({ text: "", ending: "open" });
    expect(answer.unsent).toBeGreaterThan(0);
    expect(stage.now.front.log[0]?.bytesReceived).toBeGreaterThanOrEqual(mebi);
    expect(stage.now.front.log[0]?.bytesReceived).toBeLessThan(2 * mebi);
  });

  it("holds a request at a gate until it is opened", async () => {
    const gate = new Gate();
    stage.now.front.script([{ when: {}, times: 2, fault: holdAt(gate) }]);
    const answers = [stage.now.putPart(1), stage.now.putPart(2)];
    await until(() => gate.held === 1);
    expect(stage.now.front.log[0]).toMatchObject({ bodyComplete: true, status: "pending" });
    expect(stage.now.upstream.seen).toHaveLength(0);
    gate.letOneThrough();
    expect((await answers[0])?.status).toBe(200);
    await until(() => gate.held === 1);
    gate.open();
    expect((await answers[1])?.status).toBe(200);
    expect((await stage.now.putPart(3)).status).toBe(200);
    expect(stage.now.storedPart(2)?.equals(body)).toBe(true);
  });

  it("takes a body in steps, so that a part that is larger than the sockets waits", async () => {
    const gate = new Gate();
    stage.now.front.script([{ when: {}, fault: takeInSteps(gate, 4 * mebi) }]);
    const sending = stage.now.send("PUT", partPath(1), Buffer.alloc(64 * mebi));
    for (let step = 1; step <= 4; step++) {
      await until(() => gate.held === 1);
      const received = Number(stage.now.front.log[0]?.bytesReceived);
      expect(Math.floor(received / mebi)).toBe(4 * (step - 1));
      gate.letOneThrough();
    }
    gate.open();
    expect(await sending).toMatchObject({ status: 200, headers: { etag: '"taken in steps"' } });
  });

  it("drains slowly", async () => {
    stage.now.front.script([{ when: {}, fault: drainSlowly({ bytesPerSecond: 10 * mebi }) }]);
    const clock = stopClock();
    let isAnswered = false;
    const putting = stage.now.putPart(1).finally(() => {
      isAnswered = true;
    });
    let time = 0;
    for (; !isAnswered; time += 10) {
      clock.turn(10);
      await sleep(1);
    }
    expect((await putting).status).toBe(200);
    // 2 MiB at 10 MiB/s.
    expect(time).toBeGreaterThanOrEqual(200);
    expect(stage.now.storedPart(1)?.equals(body)).toBe(true);
  });

  it("stops in the middle of a body, and the service waits until the client leaves", async () => {
    stage.now.front.script([{ when: {}, fault: stopMidBody({ afterBytes: mebi }) }]);
    const isHalf = () => stage.now.upstream.seen.length === 1;
    const answer = await stage.now.sendRaw(rawPut(body.length), body, isHalf);
    expect(answer).toMatchObject({ text: "", ending: "open" });
    await expect.poll(() => stage.now.upstream.cutRequests).toBe(1);
    expect(stage.now.upstream.stored.size).toBe(0);
  });
});

describe("faults of the answer", () => {
  it.each([
    [slowDown("2"), 503, "SlowDown"],
    [requestTimeout(), 400, "RequestTimeout"],
    [expiredToken(), 400, "ExpiredToken"],
    [requestExpired(), 403, "Request has expired"],
    [gatewayError(408), 408, "408"],
    [gatewayError(429, { "Retry-After": "1" }), 429, "429"],
    [gatewayError(500), 500, "500"],
    [gatewayError(504), 504, "504"],
  ])("answers in the service's place: %o", async (canned, status, text) => {
    stage.now.front.script([{ when: {}, fault: answerWith(canned) }]);
    const answer = await stage.now.putPart(1);
    expect(answer.status).toBe(status);
    expect(answer.text).toContain(text);
    expect(answer.headers["retry-after"]).toBe(canned.headers?.["Retry-After"]);
    expect(stage.now.front.log[0]).toMatchObject({
      status,
      bodyComplete: true,
      upstreamStatus: undefined,
    });
    expect(stage.now.upstream.seen).toHaveLength(0);
    expect((await stage.now.putPart(1)).status).toBe(200);
    expect(stage.now.front.log[1]?.reusedSocket).toBe(true);
  });

  it("answers early and closes the socket", async () => {
    stage.now.front.script([
      { when: {}, fault: answerEarly(requestExpired(), { socket: "close" }) },
    ]);
    const large = Buffer.alloc(24 * mebi);
    const answer = await stage.now.sendRaw(rawPut(large.length), large, hasEnded);
    expect(answer.text).toMatch(/^HTTP\/1\.1 403 .*Request has expired/s);
    expect(answer.text).toContain("Connection: close");
    expect(["ECONNRESET", "EPIPE", "end"]).toContain(answer.ending);
    expect(stage.now.front.log[0]).toMatchObject({ status: 403, bodyComplete: false });
    expect(stage.now.front.log[0]?.bytesReceived).toBeLessThan(mebi);
  });

  it("answers early and holds the socket without reading", async () => {
    stage.now.front.script([
      { when: {}, fault: answerEarly(requestExpired(), { afterBytes: mebi, socket: "hold" }) },
    ]);
    const large = Buffer.alloc(24 * mebi);
    const answer = await stage.now.sendRaw(rawPut(large.length), large, ({ text }) =>
      text.includes("Request has expired"),
    );
    expect(answer.text).toMatch(/^HTTP\/1\.1 403 .*Request has expired/s);
    expect(answer.ending).toBe("open");
    expect(answer.unsent).toBeGreaterThan(0);
    expect(stage.now.front.log[0]?.bytesReceived).toBeLessThan(2 * mebi);
  });

  it("truncates an answer: fewer bytes than its Content-Length", async () => {
    stage.now.front.script([{ when: {}, fault: truncateAnswer({ keepBytes: 10 }) }]);
    const answer = await stage.now.sendRaw(
      "GET /plan HTTP/1.1\r\nHost: front\r\n\r\n",
      Buffer.alloc(0),
      hasEnded,
    );
    expect(answer.text).toMatch(/\r\n\r\n\{"data":\[\{$/);
    expect(answer.ending).toBe("end");
    await expect(stage.now.send("GET", "/plan")).resolves.toMatchObject({ status: 200 });
    stage.now.front.script([{ when: {}, fault: truncateAnswer({ keepBytes: 10 }) }]);
    await expect(stage.now.send("GET", "/plan")).rejects.toMatchObject({ code: "ECONNRESET" });
  });

  it("truncates an answer that has no body", async () => {
    stage.now.front.script([{ when: {}, fault: truncateAnswer({ keepBytes: 0 }) }]);
    await expect(stage.now.putPart(1)).rejects.toMatchObject({ code: "ECONNRESET" });
    expect(stage.now.storedPart(1)?.equals(body)).toBe(true);
  });

  it("breaks off the JSON in a well-formed answer", async () => {
    stage.now.front.script([{ when: {}, fault: cutAnswerBody({ keepBytes: 12 }) }]);
    const answer = await stage.now.send("GET", "/plan");
    expect(answer).toMatchObject({ status: 200, text: '{"data":[{"u' });
  });

  it("rewrites the JSON", async () => {
    stage.now.front.script([
      { when: {}, fault: rewriteAnswer(() => ({ data: [{ upload_id: "two" }] })) },
    ]);
    expect((await stage.now.send("GET", "/plan")).text).toBe('{"data":[{"upload_id":"two"}]}');
    expect((await stage.now.send("GET", "/plan")).text).toContain('"upload_id":"one"');
  });

  it("changes the ETag of a part that is stored", async () => {
    stage.now.front.script([{ when: {}, fault: changeEtag('"wrong"') }]);
    expect((await stage.now.putPart(1)).headers.etag).toBe('"wrong"');
    expect(stage.now.storedPart(1)?.equals(body)).toBe(true);
  });

  it("corrupts one byte and leaves Content-MD5 as it was sent", async () => {
    stage.now.front.script([{ when: {}, times: 2, fault: corruptBody({ offset: mebi + 3 }) }]);
    const refused = await stage.now.putPart(1, { "Content-MD5": md5(body, "base64") });
    expect(refused).toMatchObject({ status: 400, text: "BadDigest" });
    expect((await stage.now.putPart(1)).status).toBe(200);
    const stored = stage.now.storedPart(1) ?? Buffer.alloc(0);
    const differing = [...stored.keys()].filter((index) => stored[index] !== body[index]);
    expect(differing).toEqual([mebi + 3]);
  });

  it("loses the answer to a part that is stored, and to a call that was obeyed", async () => {
    stage.now.front.script([{ when: {}, times: 2, fault: loseAnswer() }]);
    await expect(stage.now.putPart(1)).rejects.toMatchObject({ code: "ECONNRESET" });
    await expect(stage.now.send("POST", "/finalize")).rejects.toMatchObject({ code: "ECONNRESET" });
    expect(stage.now.storedPart(1)?.equals(body)).toBe(true);
    expect(stage.now.front.log).toMatchObject([
      { status: "reset", bodyComplete: true, upstreamStatus: 200 },
      { status: "reset", bodyComplete: true, upstreamStatus: 200 },
    ]);
  });
});
