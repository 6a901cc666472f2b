import { pino } from "pino";
import { describe, expect, it } from "vitest";
import { createService } from "../src/index.js";
import { sendRaw } from "./raw-http.js";
import { openGround, signIn, startTestService, type TestService } from "./start-test-service.js";
import { startWithAccounts } from "./start-with-accounts.js";
import { isOnBucket } from "./test-ground.js";
import { first, makeContent, UploadClient } from "./upload-client.js";

const uuid = /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/;
const traceId = "4bf92f3577b34da6a3ce929d0e0e4736";

interface Line {
  msg: string;
  requestId?: string;
  traceId?: string;
}

function linesOf({ log }: TestService): Line[] {
  return log.map((line) => JSON.parse(line));
}

async function ask(service: TestService, headers: Record<string, string>) {
  const response = await fetch(`${service.baseUrl}healthz`, { headers });
  return response.headers.get("x-request-id") ?? "";
}

describe("the id of a request", () => {
  it.each(["a", "run-17/job:3@host=x+y_z.1", "x".repeat(128)])(
    "is taken over where it is well-formed: %s",
    async (id) => {
      const service = await startTestService();
      expect(await ask(service, { "X-Request-Id": id })).toBe(id);
      expect(linesOf(service)).toContainEqual(
        expect.objectContaining({ msg: "request", requestId: id }),
      );
    },
  );

  it.each(["", "x".repeat(129), "a b", "<b>", '"', "a,b", "\u00e9"])(
    "is made where it is not: %j",
    async (id) => {
      const service = await startTestService();
      expect(await ask(service, { "X-Request-Id": id })).toMatch(uuid);
      const [line] = linesOf(service).filter(({ msg }) => msg === "request");
      expect(line?.requestId).toMatch(uuid);
    },
  );

  it("is another one for each request, and in answers of every kind", async () => {
    const service = await startTestService();
    const paths = ["", "readyz", "nothing", "icon.svg", "v2.7/me/videoclips", "c/nothing"];
    const ids: string[] = [];
    for (const path of [...paths, ...paths]) {
      const response = await fetch(service.baseUrl + path);
      ids.push(response.headers.get("x-request-id") ?? "");
    }
    expect(new Set(ids).size).toBe(2 * paths.length);
    for (const id of ids) expect(id).toMatch(uuid);
  });

  it.each([
    ["that has no Host header", "GET / HTTP/1.1\r\nConnection: close\r\n\r\n", 400],
    ["that is no HTTP", "no HTTP\r\n\r\n", 400],
    [
      "whose headers are too large",
      `GET / HTTP/1.1\r\nHost: a\r\nA: ${"a".repeat(2e4)}\r\n\r\n`,
      431,
    ],
  ])("is in the answer to one %s", async (_, head, status) => {
    const service = await startTestService();
    const raw = await sendRaw(service.baseUrl, [head]);
    expect(raw).toMatch(new RegExp(`^HTTP/1.1 ${status} `));
    expect(raw).toMatch(/\r\nX-Request-Id: [\da-f-]{36}\r\n/i);
  });

  it("is in the line that says why it crashed", async () => {
    const service = await startWithAccounts(() => ({
      verifyApp: () => Promise.reject(new Error("the reason")),
    }));
    const response = await fetch(`${service.rootUrl}login/app`, {
      method: "POST",
      headers: { "X-PV-Meta-App": "app_a", "X-Request-Id": "crashing" },
      body: new URLSearchParams({ app_secret: "x" }),
    });
    expect([response.status, response.headers.get("x-request-id")]).toEqual([500, "crashing"]);
    const crash = linesOf(service).find(({ msg }) => msg === "request crashed");
    expect(crash).toMatchObject({ requestId: "crashing", err: { message: "the reason" } });
  });

  it("is in no line about the work that goes on after it", async () => {
    const service = await startTestService();
    const client = new UploadClient(service, await signIn(service));
    const { id } = await client.uploadAndSettle(makeContent(10));
    const lines = linesOf(service);
    expect(lines).toContainEqual(
      expect.objectContaining({ msg: "clip is pending", clip: id, requestId: expect.any(String) }),
    );
    const available = lines.find(({ msg }) => msg === "clip is available");
    expect(available).toMatchObject({ clip: id });
    expect(available).not.toHaveProperty("requestId");
  });

  it("is given by a service without a socket, too", async () => {
    const { folder } = await startTestService();
    const { store, accounts, secret } = await openGround(folder);
    const log: string[] = [];
    const logger = pino({ level: "debug" }, { write: (line: string) => void log.push(line) });
    const service = await createService({ store, accounts, secret, logger });
    const request = new Request("http://host/healthz", { headers: { "X-Request-Id": "embedded" } });
    const response = await service.fetch(request);
    await service.close();
    expect(response.headers.get("x-request-id")).toBe("embedded");
    expect(log.join("")).toContain('"requestId":"embedded"');
  });
});

describe("the trace of a request", () => {
  it.each([
    [`00-${traceId}-00f067aa0ba902b7-01`, traceId],
    [`00-${traceId}-00f067aa0ba902b7-00`, traceId],
    [`01-${traceId}-00f067aa0ba902b7-01-what.comes.later`, traceId],
    [`ff-${traceId}-00f067aa0ba902b7-01`, undefined],
    [`00-${"0".repeat(32)}-00f067aa0ba902b7-01`, undefined],
    [`00-${traceId.toUpperCase()}-00f067aa0ba902b7-01`, undefined],
    ["nonsense", undefined],
  ])("of %s is in the log", async (traceparent, expected) => {
    const service = await startTestService();
    await ask(service, { traceparent });
    const [line] = linesOf(service).filter(({ msg }) => msg === "request");
    expect(line?.traceId).toBe(expected);
  });
});

it("a request with ids shows no signature and no token in the log", async () => {
  const service = await startTestService();
  const session = await signIn(service);
  const client = new UploadClient(service, session);
  const plan = first(await client.plan(makeContent(100)));
  const { search } = new URL(plan.urls[0]?.url ?? "");
  const headers = { "X-Request-Id": "mine", traceparent: `00-${traceId}-00f067aa0ba902b7-01` };
  await fetch(plan.urls[0]?.url ?? "", { method: "PUT", body: "x", headers });
  await fetch(`${service.baseUrl}nothing${search}`, { headers });
  const log = service.log.join("");
  // On a bucket the part goes past the service.
  expect(log.match(/"requestId":"mine"/g)).toHaveLength(isOnBucket() ? 1 : 2);
  const values = [...new URLSearchParams(search)].filter(([name]) => /sig/i.test(name));
  expect(values).not.toEqual([]);
  for (const [, value] of values) expect(log).not.toContain(value);
  for (const value of [session.accessToken, session.accessKey, session.appSecret]) {
    expect(log).not.toContain(value);
  }
});
