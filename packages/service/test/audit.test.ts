import { pino } from "pino";
import { expect, it } from "vitest";
import { signIn, startTestService } from "./start-test-service.js";
import { first, makeContent, md5Hex, UploadClient } from "./upload-client.js";

async function startAudited() {
  const lines: string[] = [];
  const audit = pino({ base: null }, { write: (line: string) => void lines.push(line) });
  const service = await startTestService({ audit, trustProxy: true });
  const session = await signIn(service);
  const client = new UploadClient(service, session);
  return { service, session, client, lines, read: () => lines.map((line) => JSON.parse(line)) };
}

const root = "/v2.7/me";

it("has one line for what was made, listed, shown and deleted, and by whom", async () => {
  const { session, client, read } = await startAudited();
  const { account, appId: app } = session;
  const content = makeContent(100);
  const checksum = md5Hex(content);
  const { id } = await client.uploadAndSettle(content);
  await client.plan(content);
  await client.call("me/videoclips?name=secret-name");
  await client.call(`me/videoclips/${id}`, { method: "DELETE" });
  await client.call(`me/videoclips/${id}`, { method: "DELETE" });
  const upload = { account, app, route: `${root}/directupload/:asset/:checksum`, checksum };
  const one = { account, app, route: `${root}/videoclips/:id`, clip: id };
  const lines = read();
  expect(lines).toMatchObject([
    { ...upload, method: "GET", status: 200 },
    { ...upload, method: "POST", status: 200, clip: id },
    { ...one, method: "GET", status: 200 },
    { ...upload, method: "GET", status: 200, clip: id },
    { account, app, route: `${root}/videoclips`, method: "GET", status: 200 },
    { ...one, method: "DELETE", status: 200 },
    { ...one, method: "DELETE", status: 404 },
  ]);
  for (const line of lines) {
    expect(line).toMatchObject({ msg: "audit", address: "127.0.0.1", time: expect.any(Number) });
    expect(line.requestId).toMatch(/./);
  }
});

it("names the client that a proxy names, and the request by the id that the client gave", async () => {
  const { client, read } = await startAudited();
  const headers = { "X-Forwarded-For": "192.0.2.7", "X-Request-Id": "job-17" };
  await client.call("me/videoclips", { headers });
  expect(read()).toMatchObject([{ address: "192.0.2.7", requestId: "job-17" }]);
});

it("has no secret, no signature, nothing of a query, and no line of who was not let in", async () => {
  const { service, session, client, lines } = await startAudited();
  const content = makeContent(100);
  const plan = first(await client.plan(content, "size=100&filename=secret-name.mp4"));
  await client.sendParts(plan, content);
  await client.call("me/videoclips/not-a-clip-of-mine");
  await fetch(`${service.baseUrl}c/${"a".repeat(24)}`);
  const told = lines.length;
  await client.call("me/videoclips", { headers: { "X-Access-Token": "wrong" } });
  await signIn(service);
  expect([told, lines.length]).toEqual([2, 2]);
  const [, signature = ""] = /signature=([^&]+)/i.exec(plan.urls[0]?.url ?? "") ?? [];
  const { appSecret, accessKey, accessToken } = session;
  for (const secret of [
    appSecret,
    accessKey,
    accessToken,
    signature,
    "secret-name",
    "not-a-clip",
  ]) {
    expect(secret).not.toBe("");
    expect(lines.join("")).not.toContain(secret);
  }
});
