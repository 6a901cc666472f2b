import { SignJWT } from "jose";
import { describe, expect, it, onTestFinished, vi } from "vitest";
import { shape, startSignedIn } from "./start-signed-in.js";
import { signIn } from "./start-test-service.js";
import { isOnBucket } from "./test-ground.js";
import { answerOf, makeContent, UploadClient } from "./upload-client.js";

const checksum = "0123456789abcdef0123456789abcdef";
const notSignedIn = "Not signed in: a credential is missing, wrong or expired.";

describe("credentials", () => {
  it("that are missing or wrong get the same 401 under /me", async () => {
    const { service, session } = await startSignedIn();
    const other = await signIn(service);
    const forged = await new SignJWT({ app: session.appId, key: session.accessKey })
      .setProtectedHeader({ alg: "HS256" })
      .setIssuer("clipcourier")
      .setSubject(session.account)
      .setExpirationTime("1h")
      .sign(new TextEncoder().encode("not the secret of this service !"));
    const unsigned = `${btoa('{"alg":"none"}')}.${session.accessToken.split(".")[1]}.`;
    const wrong: Record<string, string>[] = [
      { "X-PV-Meta-App": "" },
      { "X-PV-Meta-App": "app_unknown" },
      { "X-PV-Meta-App": other.appId },
      { "X-Access-Key": "" },
      { "X-Access-Key": other.accessKey },
      { "X-Access-Token": "" },
      { "X-Access-Token": "nonsense" },
      { "X-Access-Token": other.accessToken },
      { "X-Access-Token": forged },
      { "X-Access-Token": unsigned },
    ];
    const paths = [
      `me/directupload/videoclip/${checksum}/?size=1`,
      "me/videoclips",
      "me/videoclips/x",
    ];
    for (const path of paths) {
      for (const change of wrong) {
        const headers = { ...session.headers, ...change };
        const answer = await answerOf(await fetch(service.rootUrl + path, { headers }));
        expect([answer.status, answer.body]).toEqual([401, shape(401, notSignedIn)]);
      }
      const none = await answerOf(await fetch(service.rootUrl + path));
      expect([none.status, none.body]).toEqual([401, shape(401, notSignedIn)]);
    }
  });

  it("of an app that was removed get it as well: at once, or after a second on a bucket", async () => {
    const { service, client, session } = await startSignedIn();
    expect((await client.call("me/videoclips")).status).toBe(200);
    await service.accounts.removeApp(session.appId);
    if (isOnBucket()) {
      vi.useFakeTimers({ toFake: ["Date"], now: Date.now() + 1_001 });
      onTestFinished(() => void vi.useRealTimers());
    }
    const answer = await client.call("me/videoclips");
    expect([answer.status, answer.body]).toEqual([401, shape(401, notSignedIn)]);
  });

  it("that have expired get it as well", async () => {
    const { service, session } = await startSignedIn({ tokenLifetime: -1 });
    const answer = await answerOf(
      await fetch(`${service.rootUrl}me/videoclips`, { headers: session.headers }),
    );
    expect([answer.status, answer.body]).toEqual([401, shape(401, notSignedIn)]);
  });

  it("that are missing or wrong get it when signing in", async () => {
    const { service, session } = await startSignedIn();
    const { appId, appSecret } = session;
    const ada = { username: "ada", password: "pass word" };
    await service.accounts.addUser(ada.username, ada.password);
    const attempts: [string, string, Record<string, string>][] = [
      ["login/app/", appId, { app_secret: "wrong" }],
      ["login/app/", appId, {}],
      ["login/app/", "app_unknown", { app_secret: appSecret }],
      ["login/app/", "", { app_secret: appSecret }],
      ["login/app/", appId, { app_secret: appSecret, app_id: "app_other" }],
      ["login/", appId, { username: "nobody", password: "x" }],
      ["login/", appId, {}],
      ["login/", "", ada],
      ["login/", "app_unknown", ada],
    ];
    for (const [path, app, body] of attempts) {
      const answer = await answerOf(
        await fetch(service.rootUrl + path, {
          method: "POST",
          headers: { "X-PV-Meta-App": app },
          body: new URLSearchParams(body),
        }),
      );
      expect([answer.status, answer.body]).toEqual([401, shape(401, notSignedIn)]);
    }
  });
});

describe("an app id in the body", () => {
  it("that is the one of the header is right", async () => {
    const { service, session } = await startSignedIn();
    const { appId, appSecret, account } = session;
    const answer = await answerOf(
      await fetch(`${service.rootUrl}login/app`, {
        method: "POST",
        headers: { "X-PV-Meta-App": appId },
        body: new URLSearchParams({ app_secret: appSecret, app_id: appId }),
      }),
    );
    expect([answer.status, answer.body.data[0]]).toMatchObject([200, { id: account }]);
  });
});

describe("another account", () => {
  it("does not see, list, delete or finalize a clip", async () => {
    const { service, client } = await startSignedIn();
    const content = makeContent(50);
    const clip = await client.uploadAndSettle(content);
    const stranger = new UploadClient(service, await signIn(service));
    const missing = await stranger.call("me/videoclips/AAAAAAAAAAAAAAAAAAAAAAAA");
    for (const method of ["GET", "DELETE"]) {
      const answer = await stranger.call(`me/videoclips/${clip.id}`, { method });
      expect([answer.status, answer.text]).toEqual([404, missing.text]);
    }
    expect((await stranger.call("me/videoclips")).body).toMatchObject({ _total: 0, data: [] });
    expect((await stranger.finalize(content, [{ PartNumber: 1, ETag: "x" }])).status).toBe(404);
    expect((await stranger.plan(content)).body._upload).toBe(true);
    const own = await stranger.uploadAndSettle(content);
    expect(own.id).not.toBe(clip.id);
    expect((await client.call(`me/videoclips/${clip.id}`)).status).toBe(200);
  });
});
