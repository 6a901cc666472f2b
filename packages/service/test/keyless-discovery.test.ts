import { describe, expect, it, onTestFinished, vi } from "vitest";
import { IssuerKeys } from "../src/auth/keyless/issuer-keys.js";
import { IdTokenIssuer } from "./id-token-issuer.js";
import {
  audience,
  expectNothingOf,
  expectRefusal,
  logOf,
  moveClock,
  publicUrl,
  rulesFor,
  signInWith,
  startServiceFor,
} from "./keyless-service.js";
import { startTestService } from "./start-test-service.js";

describe("the issuer's algorithms", () => {
  it.each(["ES256", "EdDSA", "PS256", "RS512"])("may be %s, where it says so", async (alg) => {
    const { issuer, service } = await startServiceFor("other");
    issuer.discovery = { id_token_signing_alg_values_supported: ["RS256", alg] };
    await issuer.rotate(alg);
    expect((await signInWith(service, await issuer.sign(audience))).status).toBe(200);
  });

  it.each([["RS256"], undefined])("are RS256 alone where it says %j", async (supported) => {
    const { issuer, service } = await startServiceFor("other");
    issuer.discovery = { id_token_signing_alg_values_supported: supported };
    expect((await signInWith(service, await issuer.sign(audience))).status).toBe(200);
    await issuer.rotate("ES256");
    await expectRefusal(service, await issuer.sign(audience), "ERR_JOSE_ALG_NOT_ALLOWED");
  });
});

describe("an issuer's discovery document", () => {
  it.each<[string, (issuer: IdTokenIssuer) => void, string]>([
    ["is out of reach", (issuer) => issuer.close(), "could not be fetched"],
    [
      "cannot be had",
      (issuer) => {
        issuer.discoveryFailure = { status: 500, body: "" };
      },
      "answered with 500",
    ],
    [
      "is no document",
      (issuer) => {
        issuer.discoveryFailure = { status: 200, body: "<html>" };
      },
      "could not be fetched",
    ],
    [
      "is moved",
      (issuer) => {
        issuer.discoveryFailure = { status: 302, body: "" };
      },
      "answered with 302",
    ],
    [
      "names no keys",
      (issuer) => {
        issuer.discovery = { jwks_uri: undefined };
      },
      "no discovery document of OpenID Connect (jwks_uri)",
    ],
    [
      "names keys that anybody on the way could replace",
      (issuer) => {
        issuer.discovery = { jwks_uri: "http://192.0.2.1/keys" };
      },
      "no discovery document of OpenID Connect (jwks_uri)",
    ],
    [
      "is of another issuer",
      (issuer) => {
        issuer.discovery = { issuer: "https://gitlab.example.com" };
      },
      "is of the issuer https://gitlab.example.com",
    ],
  ])(
    "that %s: 503, the log says why, and a sign-in five seconds later tries again",
    async (_, spoil, reason) => {
      const { issuer, service } = await startServiceFor("gitlab");
      moveClock(0);
      const token = await issuer.sign(audience);
      spoil(issuer);
      const answer = await signInWith(service, token);
      expect([answer.status, answer.body]).toMatchObject([
        503,
        {
          error: { message: "The token cannot be checked: its issuer is out of reach. Try again." },
        },
      ]);
      const failure = logOf(service).find(({ msg }) => msg === "keyless sign-in failed");
      expect(failure).toMatchObject({
        level: 50,
        err: { message: expect.stringContaining(reason) },
      });
      expect(issuer.keyRequests).toBe(0);
      expectNothingOf(token, service);
      const asked = issuer.discoveryRequests;
      issuer.discovery = {};
      issuer.discoveryFailure = null;
      // Not at once, or each made-up token would cause a request.
      moveClock(4);
      expect((await signInWith(service, token)).status).toBe(503);
      expect(issuer.discoveryRequests).toBe(asked);
      moveClock(1);
      const again = await signInWith(service, token);
      // Where it was closed it stays so.
      expect([again.status, issuer.discoveryRequests]).toEqual(
        asked === 0 ? [503, 0] : [200, asked + 1],
      );
    },
  );

  it("of an https address cannot name keys at an http address", async () => {
    // An issuer with https would need a certificate that this process trusts.
    const document = { issuer: "https://ci.example.com", jwks_uri: "http://127.0.0.1/keys" };
    const asked = vi.spyOn(globalThis, "fetch").mockResolvedValue(Response.json(document));
    onTestFinished(() => asked.mockRestore());
    const keys = new IssuerKeys("https://ci.example.com", undefined);
    const found = keys.find({ alg: "RS256" }, { payload: "", signature: "" });
    await expect(found).rejects.toThrow("names keys at an http address (jwks_uri)");
    expect(asked).toHaveBeenCalledOnce();
  });

  it("is kept for an hour", async () => {
    const { issuer, service } = await startServiceFor("gitlab");
    moveClock(0);
    for (const [seconds, requests] of [
      [0, 1],
      [3_590, 1],
      [20, 2],
    ] as const) {
      moveClock(seconds);
      expect((await signInWith(service, await issuer.sign(audience))).status).toBe(200);
      expect(issuer.discoveryRequests).toBe(requests);
    }
  });
});

describe("a discovery document that cannot be had again after an hour", () => {
  it("stays in use, and is asked for every 30 seconds until it is there", async () => {
    const { issuer, service } = await startServiceFor("gitlab");
    moveClock(0);
    expect((await signInWith(service, await issuer.sign(audience))).status).toBe(200);
    issuer.discoveryFailure = { status: 500, body: "" };
    for (const [seconds, requests] of [
      [3_601, 2],
      [29, 2],
      [1, 3],
    ] as const) {
      moveClock(seconds);
      expect((await signInWith(service, await issuer.sign(audience))).status).toBe(200);
      expect(issuer.discoveryRequests).toBe(requests);
    }
    issuer.discoveryFailure = null;
    for (const seconds of [30, 3_590]) {
      moveClock(seconds);
      expect((await signInWith(service, await issuer.sign(audience))).status).toBe(200);
      expect(issuer.discoveryRequests).toBe(4);
    }
  });
});

describe("an issuer that does not answer", () => {
  /** A service that trusts two issuers; the first one answers when `release` is called. */
  async function startWithSlow() {
    const slow = await IdTokenIssuer.start("gitlab");
    const quick = await IdTokenIssuer.start("forgejo");
    const { promise, resolve: release } = Promise.withResolvers<void>();
    slow.gate = promise;
    const issuers = [rulesFor("gitlab", slow), rulesFor("forgejo", quick)];
    const service = await startTestService({ signInRules: { issuers }, publicUrl });
    return { slow, quick, service, release };
  }

  it("does not hold up the sign-ins by another", async () => {
    const { slow, quick, service, release } = await startWithSlow();
    const waiting = signInWith(service, await slow.sign(audience));
    for (let count = 0; count < 3; count++) {
      expect((await signInWith(service, await quick.sign(audience))).status).toBe(200);
    }
    expect(slow.keyRequests).toBe(0);
    release();
    expect((await waiting).status).toBe(200);
  });

  it("is asked once for all that wait, and goes on when the first of them leaves", async () => {
    const { slow, service, release } = await startWithSlow();
    const leaving = new AbortController();
    const first = fetch(`${service.rootUrl}login/github/`, {
      method: "POST",
      headers: { "X-PV-Meta-App": "github" },
      body: new URLSearchParams({ token: await slow.sign(audience) }),
      signal: leaving.signal,
    });
    const left = expect(first).rejects.toThrow("aborted");
    await slow.asked;
    const others = [1, 2].map(async () => signInWith(service, await slow.sign(audience)));
    leaving.abort();
    await left;
    release();
    for (const answer of await Promise.all(others)) expect(answer.status).toBe(200);
    expect([slow.discoveryRequests, slow.keyRequests]).toEqual([1, 1]);
  });
});
