import { once } from "node:events";
import { Transform } from "node:stream";
import { pipeline } from "node:stream/promises";
import { setTimeout as sleep } from "node:timers/promises";
import {
  answerHeaders,
  type CannedAnswer,
  type Exchange,
  type Fault,
  forward,
  openBody,
  readAll,
  readAtLeast,
  relay,
  resetConnection,
  sendAnswer,
} from "./exchange.ts";

/** Resets the connection after `afterBytes` of the body; the service sees a cut request. */
export function resetMidBody({ afterBytes }: { afterBytes: number }): Fault {
  return fault("resetMidBody", async (exchange) => {
    let passed = 0;
    const body = openBody(exchange);
    const cut = new Transform({
      transform(chunk: Buffer, _encoding, done) {
        passed += chunk.length;
        if (passed > afterBytes) resetConnection(exchange);
        done(passed > afterBytes ? new Error("cut by script") : null, chunk);
      },
    });
    pipeline(body, cut).catch(() => {});
    await relay(exchange, await forward(exchange, cut));
  });
}

/** Hands about `afterBytes` of the body on and keeps the rest: the service waits for it. */
export function stopMidBody({ afterBytes }: { afterBytes: number }): Fault {
  return fault("stopMidBody", async (exchange) => {
    exchange.record.status = "silent";
    let passed = 0;
    const stop = new Transform({
      transform(chunk: Buffer, _encoding, done) {
        passed += chunk.length;
        done(null, passed < afterBytes ? chunk : undefined);
      },
      // No end either: only a client that goes away ends this.
      flush() {},
    });
    exchange.response.once("close", () => stop.destroy(new Error("the client went away")));
    pipeline(openBody(exchange), stop).catch(() => {});
    await relay(exchange, await forward(exchange, stop));
  });
}

/** Resets the connection as soon as a request arrives: no byte of an answer, nothing forwarded. */
export function resetAtOnce(): Fault {
  return fault("resetAtOnce", async (exchange) => resetConnection(exchange));
}

/** Never answers. Reads the whole body, or only `afterBytes`, so that the window fills. */
export function goSilent({ afterBytes = Number.POSITIVE_INFINITY } = {}): Fault {
  return fault("goSilent", async (exchange) => {
    exchange.record.status = "silent";
    if (afterBytes > 0) await readAtLeast(openBody(exchange), afterBytes);
  });
}

/** Takes the whole body and answers in the service's place. */
export function answerWith(answer: CannedAnswer): Fault {
  return fault("answerWith", async (exchange) => {
    await readAll(openBody(exchange));
    await sendAnswer(exchange, answer);
  });
}

/**
 * Answers after `afterBytes` while the body is still coming, and reads no more of it. Then the
 * socket is closed after `lingerMs` (0: at once, so that the answer may be lost in a reset), or
 * held open for good.
 */
export function answerEarly(
  answer: CannedAnswer,
  options: { afterBytes?: number; socket: "close" | "hold"; lingerMs?: number },
): Fault {
  return fault("answerEarly", async (exchange) => {
    const { request, record } = exchange;
    await readAtLeast(openBody(exchange), options.afterBytes ?? 64 * 1024);
    record.status = answer.status;
    // Past node:http, which would read the rest of the body once its response has ended.
    const text = formatAnswer(answer, options.socket === "close" ? "close" : "keep-alive");
    await new Promise<void>((resolve) => request.socket.write(text, () => resolve()));
    if (options.socket === "hold") return;
    await sleep(options.lingerMs ?? 20);
    request.socket.destroy();
  });
}

function formatAnswer(answer: CannedAnswer, connection: string): string {
  const body = answer.body ?? "";
  const headers = {
    ...answer.headers,
    "Content-Length": String(Buffer.byteLength(body)),
    Connection: connection,
  };
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
  return `HTTP/1.1 ${answer.status} Early\r\n${lines.join("")}\r\n${body}`;
}

/** The service's answer, cut off: the Content-Length promises more than comes, then a close. */
export function truncateAnswer({ keepBytes }: { keepBytes: number }): Fault {
  return fault("truncateAnswer", async (exchange) => {
    const answer = await forward(exchange);
    const body = await readAll(answer);
    const promised = Math.max(body.length, keepBytes + 1);
    exchange.record.status = answer.statusCode ?? 502;
    exchange.response.writeHead(
      exchange.record.status,
      replaceHeader(answerHeaders(answer), "Content-Length", String(promised)).flat(),
    );
    exchange.response.flushHeaders();
    await new Promise<void>((resolve) => {
      exchange.response.write(Buffer.concat([body, Buffer.from(" ")]).subarray(0, keepBytes), () =>
        resolve(),
      );
    });
    exchange.request.socket.end();
  });
}

/** Well-formed HTTP around the first `keepBytes` of the service's answer: JSON that breaks off. */
export function cutAnswerBody({ keepBytes }: { keepBytes: number }): Fault {
  return changeAnswer("cutAnswerBody", (body) => body.subarray(0, keepBytes));
}

/** Rewrites the JSON of an answer: another upload id, a missing URL, no `parts`. */
export function rewriteAnswer(rewrite: (json: unknown) => unknown): Fault {
  return changeAnswer("rewriteAnswer", (body) =>
    Buffer.from(JSON.stringify(rewrite(JSON.parse(body.toString("utf8"))))),
  );
}

function changeAnswer(name: string, change: (body: Buffer) => Buffer): Fault {
  return fault(name, async (exchange) => {
    const answer = await forward(exchange);
    const body = change(await readAll(answer));
    const headers = replaceHeader(answerHeaders(answer), "Content-Length", String(body.length));
    exchange.record.status = answer.statusCode ?? 502;
    exchange.response.writeHead(exchange.record.status, headers.flat());
    exchange.response.end(body);
    await once(exchange.response, "close");
  });
}

/** The service stored the part, the client is told another ETag. */
export function changeEtag(etag = '"00000000000000000000000000000000"'): Fault {
  return fault("changeEtag", async (exchange) => {
    const answer = await forward(exchange);
    await relay(exchange, answer, replaceHeader(answerHeaders(answer), "ETag", etag));
  });
}

/** Flips every bit of the body's byte at `offset` on its way; headers stay as they were sent. */
export function corruptBody({ offset }: { offset: number }): Fault {
  return fault("corruptBody", async (exchange) => {
    let position = 0;
    const flip = new Transform({
      transform(chunk: Buffer, _encoding, done) {
        const index = offset - position;
        position += chunk.length;
        if (index < 0 || index >= chunk.length) return done(null, chunk);
        const copy = Buffer.from(chunk);
        copy[index] = (copy[index] ?? 0) ^ 0xff;
        done(null, copy);
      },
    });
    pipeline(openBody(exchange), flip).catch(() => {});
    await relay(exchange, await forward(exchange, flip));
  });
}

/** An honest answer that says keep-alive, and a connection that is closed right after it. */
export function closeAfterAnswer(): Fault {
  return fault("closeAfterAnswer", async (exchange) => {
    await relay(exchange, await forward(exchange));
    exchange.request.socket.end();
  });
}

/** The service did its work and answered; the client gets a reset in the place of the answer. */
export function loseAnswer(): Fault {
  return fault("loseAnswer", async (exchange) => {
    await readAll(await forward(exchange));
    resetConnection(exchange);
  });
}

/** Takes the body at this speed, so that the client meets back-pressure. */
export function drainSlowly({ bytesPerSecond }: { bytesPerSecond: number }): Fault {
  return fault("drainSlowly", async (exchange) => {
    const slow = new Transform({
      transform(chunk: Buffer, _encoding, done) {
        setTimeout(() => done(null, chunk), (chunk.length / bytesPerSecond) * 1000);
      },
    });
    pipeline(openBody(exchange), slow).catch(() => {});
    await relay(exchange, await forward(exchange, slow));
  });
}

function fault(name: string, apply: (exchange: Exchange) => Promise<void>): Fault {
  return { name, apply };
}

function replaceHeader(
  headers: readonly [string, string][],
  name: string,
  value: string,
): [string, string][] {
  const others = headers.filter(([other]) => other.toLowerCase() !== name.toLowerCase());
  return [...others, [name, value]];
}
