import { describe, expect, it } from "vitest";
import { openIdle } from "../../../test/fixtures/open-idle.ts";
import { resolveLimits } from "../src/index.js";
import { bodyOf, sendRaw } from "./raw-http.js";
import { signIn, startTestService, type TestService } from "./start-test-service.js";
import { answerOf, first, makeContent, UploadClient } from "./upload-client.js";

const busy = { error: { message: expect.stringContaining("connections") }, status: 503 };

const health = "GET /healthz HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n";

/** Asks until the answer has this status, and returns it. */
async function askUntil({ baseUrl }: TestService, status: number): Promise<string> {
  for (;;) {
    const raw = await sendRaw(baseUrl, [health]);
    if (raw.startsWith(`HTTP/1.1 ${status} `)) return raw;
  }
}

describe("connections", () => {
  it.each([
    ["from one address", { connectionsPerAddress: 2 }],
    ["in all", { connections: 2, connectionsPerAddress: 9 }],
  ])("%s that are too many get 503 until one is closed", async (_, limits) => {
    const service = await startTestService({ limits });
    const [idle] = await Promise.all([openIdle(service.baseUrl), openIdle(service.baseUrl)]);
    const raw = await askUntil(service, 503);
    expect(raw).toContain("\r\nRetry-After: 2\r\n");
    expect(raw).toContain("\r\nConnection: close\r\n");
    expect(bodyOf(raw)).toEqual(busy);
    idle?.destroy();
    expect(await askUntil(service, 200)).toContain("ok\n");
    expect(service.log.join("")).toContain("connection refused");
  });

  it("of a trusted proxy are counted by the clients that it names", async () => {
    const service = await startTestService({
      trustProxy: true,
      limits: { connectionsPerAddress: 1 },
    });
    const session = await signIn(service);
    const head = (client: string) =>
      `POST /v2.7/login HTTP/1.1\r\nHost: a\r\nX-Forwarded-For: ${client}\r\nContent-Length: 9\r\n\r\n`;
    const sending = await openIdle(service.baseUrl);
    sending.write(head("192.0.2.1"));
    await openIdle(service.baseUrl);
    const ask = (client: string) =>
      fetch(`${service.rootUrl}me/videoclips`, {
        headers: { ...session.headers, "X-Forwarded-For": client },
      });
    while ((await ask("192.0.2.1")).status !== 503);
    expect((await answerOf(await ask("192.0.2.1"))).body).toEqual(busy);
    expect((await ask("192.0.2.2")).status).toBe(200);
    sending.destroy();
    while ((await ask("192.0.2.1")).status !== 200);
  });

  it.each([
    ["nothing", ""],
    ["half of the headers", "GET /healthz HTTP/1.1\r\nHo"],
  ])("that have sent %s in time are closed with 408", async (_, sent) => {
    const service = await startTestService({ limits: { headersTimeout: 0.2 } });
    const raw = await sendRaw(service.baseUrl, [sent]);
    expect(raw).toMatch(/^HTTP\/1\.1 408 /);
    expect(bodyOf(raw)).toEqual({ error: { message: expect.any(String) }, status: 408 });
  });

  it("without a request are closed after a while", async () => {
    const service = await startTestService({ limits: { idleTimeout: 0.1 } });
    const raw = await sendRaw(service.baseUrl, [health.replace("Connection: close\r\n", "")]);
    expect(raw).toMatch(/^HTTP\/1\.1 200 /);
  });
});

describe("a body that stands still", () => {
  it.each(["v2.7/login/app", "v2.7/login/github", "v2.7/login"])(
    "of %s is answered with 408",
    async (path) => {
      const service = await startTestService({ limits: { bodyTimeout: 0.2 } });
      const head = `POST /${path} HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\nu`;
      const raw = await sendRaw(service.baseUrl, [head], (text) => text.includes("}"));
      expect(bodyOf(raw)).toEqual({ error: { message: expect.any(String) }, status: 408 });
    },
  );

  it("of a part is answered with 408, and the part can be sent again", async () => {
    const service = await startTestService({ limits: { partWindow: 0.2 } });
    const client = new UploadClient(service, await signIn(service));
    const content = makeContent(100_000);
    const plan = first(await client.plan(content));
    const { pathname, search } = new URL(plan.urls[0]?.url ?? "");
    const raw = await sendRaw(
      service.baseUrl,
      [
        `PUT ${pathname}${search} HTTP/1.1\r\nHost: a\r\nContent-Length: 100000\r\n\r\n`,
        content.subarray(0, 50),
      ],
      (text) => text.includes("}"),
    );
    expect(bodyOf(raw)).toEqual({ error: { message: expect.any(String) }, status: 408 });
    expect((await client.uploadAndSettle(content)).status).toBe("available");
  });

  it("of a request that is answered already ends its connection", async () => {
    const service = await startTestService();
    const head = "GET /healthz HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\nx";
    expect(await sendRaw(service.baseUrl, [head])).toMatch(/^HTTP\/1\.1 200 /);
  }, 20_000);
});

describe("the Host header", () => {
  it("is not needed by HTTP/1.0", async () => {
    const service = await startTestService();
    for (const path of ["/healthz", "/readyz", "/"]) {
      const raw = await sendRaw(service.baseUrl, [`GET ${path} HTTP/1.0\r\n\r\n`]);
      expect(raw).toMatch(/^HTTP\/1\.1 200 /);
    }
  });

  it.each([
    ["missing", ""],
    ["there twice", "Host: a\r\nHost: b\r\n"],
    ["there twice, the same", "Host: a\r\nHost: a\r\n"],
  ])("of HTTP/1.1 that is %s is answered with 400", async (_, lines) => {
    const service = await startTestService();
    const request = `GET /healthz HTTP/1.1\r\n${lines}Connection: close\r\n\r\n`;
    const raw = await sendRaw(service.baseUrl, [request]);
    expect(raw).toMatch(/^HTTP\/1\.1 400 /);
    expect(bodyOf(raw)).toEqual({ error: { message: expect.any(String) }, status: 400 });
  });
});

describe("limits", () => {
  it("leave each address at most half of the connections", () => {
    expect(resolveLimits({ connections: 20 }).connectionsPerAddress).toBe(10);
    expect(resolveLimits({ connections: 2000 }).connectionsPerAddress).toBe(256);
    expect(resolveLimits({ connections: 1 }).connectionsPerAddress).toBe(1);
  });

  it.each<[object, string]>([
    [{ bodyTimeout: 0 }, "limits.bodyTimeout: not a number above 0"],
    [{ bodyTimeout: Number.NaN }, "limits.bodyTimeout: not a number above 0"],
    [{ connections: 1.5 }, "limits.connections: not a whole number"],
    [{ other: 1 }, "limits.other: there is no such limit, only signInRate, "],
  ])("that are invalid are named: %j", async (limits, message) => {
    await expect(startTestService({ limits })).rejects.toThrow(message);
  });
});
