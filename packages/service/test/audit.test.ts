import { pino } from "pino";
import { expect, it } from "vitest";
import { IdTokenIssuer } from "./id-token-issuer.js";
import { account, audience } from "./keyless-service.js";
import { startAudited } from "./start-audited.js";
import { signIn, startTestService } from "./start-test-service.js";
import { answerOf, first, makeContent, md5Hex } from "./upload-client.js";

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
    { ...one, method: "DELETE", status: 200, deleted: true },
    { ...one, method: "DELETE", status: 404 },
  ]);
  expect(lines.filter((line) => "deleted" in line)).toHaveLength(1);
  for (const line of lines) {
    expect(line).toMatchObject({ msg: "audit", address: "127.0.0.1", time: expect.any(Number) });
    expect(line.requestId).toMatch(/./);
  }
});

it("names the user, or the subject of a job's token, where they share an app", async () => {
  const issuer = await IdTokenIssuer.start();
  const lines: string[] = [];
  const service = await startTestService({
    audit: pino({ base: null }, { write: (line: string) => void lines.push(line) }),
    publicUrl: `${audience}/`,
    github: { issuer: issuer.url, rules: [{ repository: "octo/*", account }] },
  });
  const { appId } = await signIn(service);
  await service.accounts.addUser("ada", "correct horse", account);
  const list = async (path: string, app: string, body: Record<string, string>) => {
    const headers = { "X-PV-Meta-App": app };
    const init = { method: "POST", headers, body: new URLSearchParams(body) };
    const answer = await answerOf<Record<string, string>>(
      await fetch(service.rootUrl + path, init),
    );
    const { access_key: key = "", access_token: token = "" } = answer.body.data[0] ?? {};
    const keys = { ...headers, "X-Access-Key": key, "X-Access-Token": token };
    expect((await fetch(`${service.rootUrl}me/videoclips`, { headers: keys })).status).toBe(200);
  };
  await list("login/", appId, { username: "ada", password: "correct horse" });
  const token = await issuer.sign(audience, { sub: `repo:octo/intro:${"x".repeat(500)}` });
  await list("login/github", "github", { token });
  const [user, job] = lines.map((line) => JSON.parse(line));
  expect(user).toMatchObject({ account, app: appId, user: "ada" });
  expect(user).not.toHaveProperty("subject");
  expect(job).toMatchObject({
    account,
    app: "github",
    subject: `repo:octo/intro:${"x".repeat(240)}`,
  });
  expect(job).not.toHaveProperty("user");
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
