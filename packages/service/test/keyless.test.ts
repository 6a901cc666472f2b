import { readdir } from "node:fs/promises";
import { decodeJwt } from "jose";
import { describe, expect, it, onTestFinished, vi } from "vitest";
import {
  account,
  audience,
  expectNothingOf,
  expectRefusal,
  logOf,
  refused,
  signInWith,
  startKeylessService,
} from "./keyless-service.js";
import { type Session, signIn, startTestService } from "./start-test-service.js";
import { type Answer, answerOf, makeContent, UploadClient } from "./upload-client.js";

function sessionOf({ body }: Answer<Record<string, string>>, appId = "github"): Session {
  const { access_key: accessKey = "", access_token: accessToken = "" } = body.data[0] ?? {};
  const headers = {
    "X-PV-Meta-App": appId,
    "X-Access-Key": accessKey,
    "X-Access-Token": accessToken,
  };
  return { appId, appSecret: "", account, accessKey, accessToken, headers };
}

describe("a job's token", () => {
  it("signs in with and without the slash, as a form and as JSON", async () => {
    const { issuer, service } = await startKeylessService();
    const token = await issuer.sign(audience);
    const app = { "X-PV-Meta-App": "github" };
    for (const path of ["login/github", "login/github/"]) {
      for (const init of [
        { body: new URLSearchParams({ token }), headers: app },
        {
          body: JSON.stringify({ token, device_id: "runner" }),
          headers: { ...app, "Content-Type": "application/json" },
        },
      ]) {
        const response = await fetch(service.rootUrl + path, { method: "POST", ...init });
        const answer = await answerOf<Record<string, string>>(response);
        const row = answer.body.data[0];
        expect(answer.status).toBe(200);
        expect(answer.text).toBe(
          `{"_count":1,"data":[{"access_key":"${row?.access_key}","access_token":"${row?.access_token}","id":"${account}"}]}`,
        );
        expect(answer.headers.get("cache-control")).toBe("no-store");
      }
    }
    expect(issuer.keyRequests).toBe(1);
    expectNothingOf(token, service);
  });

  it("uploads a clip of the rule's account, where there is no app at all", async () => {
    const { issuer, service } = await startKeylessService({ audience: "clips" }, {});
    const token = await issuer.sign("clips");
    const signedIn = await signInWith(service, token);
    const client = new UploadClient(service, sessionOf(signedIn));
    const clip = await client.uploadAndSettle(makeContent(100));
    expect(clip.status).toBe("available");
    expect(await readdir(service.folder)).not.toContain("accounts.json");
    expect(logOf(service)).toContainEqual(
      expect.objectContaining({
        ...{ msg: "keyless sign-in", account },
        claims: expect.objectContaining({ repository: "octo/intro" }),
      }),
    );
    expectNothingOf(token, service);
    expectNothingOf(sessionOf(signedIn).accessToken, service);
  });

  it("shares the clips of the account with an app of that account", async () => {
    const { issuer, service } = await startKeylessService();
    const app = await signIn(service);
    const rules = [{ repository: "octo/intro", account: app.account }];
    await service.close();
    const github = { issuer: issuer.url, audience, rules };
    const again = await startTestService({ folder: service.folder, github });
    const content = makeContent(100);
    const clip = await new UploadClient(again, app).uploadAndSettle(content);
    // The id of any app is accepted: keyless sign-in does not change what the header means.
    for (const appId of ["github", app.appId]) {
      const signedIn = await signInWith(again, await issuer.sign(audience), appId);
      const client = new UploadClient(again, sessionOf(signedIn, appId));
      expect((await client.plan(content)).body).toMatchObject({
        _upload: false,
        data: [{ id: clip.id }],
      });
    }
  });

  it("gives a session of an hour, or a shorter one where all sessions are shorter", async () => {
    // Else a second may end between the two times.
    vi.useFakeTimers({ toFake: ["Date"] });
    onTestFinished(() => void vi.useRealTimers());
    for (const [tokenLifetime, expected] of [
      [undefined, 3600],
      [60, 60],
    ]) {
      const options = tokenLifetime === undefined ? {} : { tokenLifetime };
      const { issuer, service } = await startKeylessService({ audience }, options);
      const { accessToken } = sessionOf(await signInWith(service, await issuer.sign(audience)));
      const { exp = 0, iat = 0 } = decodeJwt(accessToken);
      expect(exp - iat).toBe(expected);
    }
  });

  it("cannot be used with another app id, nor can the session", async () => {
    const { issuer, service } = await startKeylessService();
    const token = await issuer.sign(audience);
    await expectRefusal(service, token, 'the app id is not "github"', "app_unknown");
    await expectRefusal(service, token, 'the app id is not "github"', "");
    const { headers } = sessionOf(await signInWith(service, token));
    const { appId } = await signIn(service);
    for (const change of [{ "X-PV-Meta-App": appId }, { "X-Access-Key": "other" }]) {
      const answer = await answerOf(
        await fetch(`${service.rootUrl}me/videoclips`, { headers: { ...headers, ...change } }),
      );
      expect([answer.status, answer.body]).toEqual([401, refused]);
    }
  });
});

describe("a service without keyless sign-in", () => {
  it("answers 404, so that a client does not take it for a refusal", async () => {
    const service = await startTestService();
    const answer = await signInWith(service, "x");
    expect([answer.status, answer.body]).toEqual([
      404,
      { error: { message: "This service offers no keyless sign-in." }, status: 404 },
    ]);
  });

  it("takes no session that was made while it had it", async () => {
    const { issuer, service } = await startKeylessService();
    const { headers } = sessionOf(await signInWith(service, await issuer.sign(audience)));
    await service.close();
    const again = await startTestService({ folder: service.folder });
    const answer = await answerOf(await fetch(`${again.rootUrl}me/videoclips`, { headers }));
    expect([answer.status, answer.body]).toEqual([401, refused]);
  });
});
