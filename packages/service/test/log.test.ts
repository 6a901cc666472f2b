import { expect, it } from "vitest";
import { signIn, startTestService } from "./start-test-service.js";
import { first, makeContent, md5Hex, UploadClient } from "./upload-client.js";

it("has a line for each request and each state of a clip, and no secret in any", async () => {
  const service = await startTestService();
  const session = await signIn(service);
  const client = new UploadClient(service, session);
  const content = makeContent(100);
  const plan = first(await client.plan(content));
  const clip = await client.uploadAndSettle(content);
  await client.call("me/videoclips", { headers: { "X-Access-Token": "not-a-token" } });
  const broken = plan.urls[0]?.url.replace(/signature=/i, "$&broken") ?? "";
  await fetch(broken, { method: "PUT", body: "x" });

  const lines = service.log.map((line) => JSON.parse(line));
  expect(lines).toContainEqual(
    expect.objectContaining({
      level: 20,
      method: "GET",
      path: `/v2.7/me/directupload/videoclip/${md5Hex(content)}`,
      status: 200,
      msg: "request",
    }),
  );
  for (const status of ["pending", "available"]) {
    expect(lines).toContainEqual(expect.objectContaining({ level: 30, clip: clip.id, status }));
  }
  const log = service.log.join("");
  const [, signature = ""] = /signature=([^&]+)/i.exec(plan.urls[0]?.url ?? "") ?? [];
  const { appSecret, accessKey, accessToken } = session;
  for (const secret of [appSecret, accessKey, accessToken, signature, "not-a-token", "broken"]) {
    expect(secret).not.toBe("");
    expect(log).not.toContain(secret);
  }
});
