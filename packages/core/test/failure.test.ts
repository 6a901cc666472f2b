import { describe, expect, test } from "vitest";
import type { TransportAnswer } from "../src/http/transport.js";
import { describeAnswer, describeRefusal, readS3ErrorCode } from "../src/protocol/failure.js";
import { Secrets } from "../src/redact.js";

function answer(status: number, changes: Partial<TransportAnswer> = {}): TransportAnswer {
  return { status, headers: {}, body: "", ...changes };
}

const messageOf = (status: number, changes?: Partial<TransportAnswer>, secrets?: Secrets) =>
  describeRefusal("Asking", answer(status, changes), secrets).message;

describe("a refusal", () => {
  test.each([
    [200, "bad_answer"],
    [299, "bad_answer"],
    [300, "bad_answer"],
    [399, "bad_answer"],
    [400, "rejected"],
    [401, "unauthorized"],
    [403, "forbidden"],
    [404, "not_found"],
    [429, "rate_limited"],
    [499, "rejected"],
    [500, "server_error"],
  ])("with %i is %s", (status, code) => {
    expect(describeRefusal("Asking", answer(status))).toMatchObject({ code, status });
  });

  test.each([
    [200, "Asking was answered with 200."],
    [400, "Asking was answered with 400."],
    [
      300,
      "Asking was answered with 300. Redirects are not followed, so that keys go nowhere else: give the address that it leads to.",
    ],
    [
      401,
      "Asking was answered with 401. Check the app id and the secret, or the access key and token.",
    ],
    [429, "Asking was answered with 429. Try again later, or send less at once."],
    [500, "Asking was answered with 500. Try again later; the service's log says more."],
  ])("with %i says what to do, where that is known", (status, message) => {
    expect(messageOf(status)).toBe(message);
  });

  test.each([
    ["120", "Try again later, or send less at once."],
    ["121", "Try again in 3 min."],
    ["7140", "Try again in 119 min."],
    ["7200", "Try again in 2 h."],
    ["7201", "Try again in 3 h."],
  ])("that asks to wait %s s says how long where nobody waits for it", (seconds, remedy) => {
    const headers = { "retry-after": seconds };
    expect(messageOf(429, { headers })).toBe(`Asking was answered with 429. ${remedy}`);
    expect(describeRefusal("Asking", answer(429, { headers })).retryAfter).toBe(
      Number(seconds) * 1000,
    );
    expect(messageOf(403, { headers })).not.toContain("Try again");
  });

  test("has the request's id, unless it is none or a secret", () => {
    const find = (id: string, secrets?: Secrets) =>
      describeRefusal("Asking", answer(400, { headers: { "x-request-id": id } }), secrets)
        .requestId;
    expect(find("req-1")).toBe("req-1");
    expect(find("<b>")).toBe(undefined);
    expect(find("the-secret-key", new Secrets(["the-secret-key"]))).toBe(undefined);
  });
});

describe("what was answered", () => {
  const described = (body: string, secrets = new Secrets()) =>
    describeAnswer("Asking", answer(400, { body }), secrets);

  test.each([
    ['{"error":{"message":"no room"}}', "no room."],
    ['{"error":{"message":"no room. . "}}', "no room."],
    ['{"error":"no room"}', ""],
    ["<html>sorry</html>", ""],
    ["<Error><Code>NoSuchKey</Code><Message>Gone.</Message></Error>", "NoSuchKey: Gone."],
    ["<Error><Code>NoSuchKey</Code></Error>", "NoSuchKey."],
    ["<Error><Message>Gone</Message></Error>", "Gone."],
  ])("of %j is told: %s", (body, said) => {
    expect(described(body)).toBe(`Asking was answered with 400${said === "" ? "." : `: ${said}`}`);
  });

  test("is told up to 300 characters, without secrets, and without half of one", () => {
    const say = (message: string) => JSON.stringify({ error: { message } });
    expect(described(say("x".repeat(300)))).toContain(`: ${"x".repeat(300)}.`);
    expect(described(say("x".repeat(301)))).toContain(`: ${"x".repeat(300)}….`);
    const secret = "the-secret-key";
    const cut = described(say(`${"x".repeat(295)}${secret}`), new Secrets([secret]));
    expect(cut).not.toContain("the-s");
  });
});

test("S3's code is found in its XML", () => {
  expect(readS3ErrorCode("<Error><Code>SlowDown</Code></Error>")).toBe("SlowDown");
  expect(["", "<Code></Code>", "<Code>a b</Code>"].map(readS3ErrorCode)).toEqual([
    undefined,
    undefined,
    undefined,
  ]);
});
