import { SignJWT, UnsecuredJWT } from "jose";
import { describe, expect, it } from "vitest";
import { type Claims, IdTokenIssuer } from "./id-token-issuer.js";
import {
  audience,
  expectNothingOf,
  expectRefusal,
  logOf,
  moveClock,
  publicUrl,
  refused,
  signInWith,
  startKeylessService,
} from "./keyless-service.js";
import { bodyOf, sendRaw } from "./raw-http.js";
import { answerOf } from "./upload-client.js";

describe("a token is refused", () => {
  it.each<[string, string]>([
    ["another service", "https://other.example.com"],
    ["nobody in particular, as GitHub does by default", "https://github.com/octo"],
    ["the address with a slash", "https://clips.example.com/"],
  ])("that was made for %s", async (_, made) => {
    const { issuer, service } = await startKeylessService();
    await expectRefusal(service, await issuer.sign(made), `(wanted: ${audience})`);
  });

  it("that was made for another service, whatever host the request names", async () => {
    const { issuer, service } = await startKeylessService();
    const token = await issuer.sign("https://other.example.com");
    const body = new URLSearchParams({ token }).toString();
    const head =
      "POST /v2.7/login/github/ HTTP/1.1\r\nHost: other.example.com\r\n" +
      "X-Forwarded-Host: other.example.com\r\nX-Forwarded-Proto: https\r\n" +
      "X-PV-Meta-App: github\r\nContent-Type: application/x-www-form-urlencoded\r\n" +
      `Content-Length: ${body.length}\r\nConnection: close\r\n\r\n`;
    expect(bodyOf(await sendRaw(service.baseUrl, [head, body]))).toEqual(refused);
    // Without a public URL the service does not know its own address: it does not start.
    await expect(startKeylessService({}, {})).rejects.toThrow("publicUrl is needed");
  });

  it.each<[string, Claims, string]>([
    ["of another issuer", { iss: "https://token.example.com" }, '"iss"'],
    ["of no issuer", { iss: undefined }, '"iss"'],
    ["of no repository", { repository: undefined }, "no rule matches"],
    ["with a claim of another type", { repository: { name: "octo/intro" } }, "no rule matches"],
    ["that never expires", { exp: undefined }, '"exp"'],
    ["that does not say how old it is", { iat: undefined }, '"iat"'],
  ])("%s", async (_, changes, reason) => {
    const { issuer, service } = await startKeylessService();
    await expectRefusal(service, await issuer.sign(audience, changes), reason);
  });

  const now = () => Math.floor(Date.now() / 1000);
  it.each<[string, () => Claims, string]>([
    ["has expired", () => ({ exp: now() - 60 }), '"exp"'],
    ["is not yet valid", () => ({ nbf: now() + 60 }), '"nbf"'],
    ["is from the future", () => ({ iat: now() + 60 }), '"iat"'],
    ["is old, whatever it says", () => ({ iat: now() - 3600, exp: now() + 3600 }), '"iat"'],
  ])("that %s", async (_, changes, reason) => {
    const { issuer, service } = await startKeylessService();
    moveClock(0);
    await expectRefusal(service, await issuer.sign(audience, changes()), reason);
  });

  it("but not for a clock that is a few seconds off", async () => {
    const { issuer, service } = await startKeylessService();
    moveClock(0);
    const changes = { iat: now() + 10, nbf: now() + 10, exp: now() - 10 };
    expect((await signInWith(service, await issuer.sign(audience, changes))).status).toBe(200);
  });

  it("that nobody signed", async () => {
    const { issuer, service } = await startKeylessService();
    const token = new UnsecuredJWT(issuer.claims(audience)).encode();
    await expectRefusal(service, token, "ERR_JOSE_ALG_NOT_ALLOWED");
    expect(issuer.keyRequests).toBe(0);
  });

  it("that was signed with the public key as a shared one", async () => {
    const { issuer, service } = await startKeylessService();
    const { kid, pem } = await issuer.publicKey();
    for (const secret of [pem, pem.trim()]) {
      const token = await new SignJWT(issuer.claims(audience))
        .setProtectedHeader({ alg: "HS256", kid })
        .sign(new TextEncoder().encode(secret));
      await expectRefusal(service, token, "ERR_JOSE_ALG_NOT_ALLOWED");
    }
  });

  it("that another key signed under the name of the issuer's key", async () => {
    const { issuer, service } = await startKeylessService();
    const stranger = await IdTokenIssuer.start();
    const { kid } = await issuer.publicKey();
    const claims = { iss: issuer.url };
    const token = await stranger.sign(audience, claims, 0, kid);
    await expectRefusal(service, token, "ERR_JWS_SIGNATURE_VERIFICATION_FAILED");
    await expectRefusal(service, await stranger.sign(audience, claims), "ERR_JWKS_NO_MATCHING_KEY");
  });

  it("with a header of a stranger's words, of which the log repeats none", async () => {
    const { issuer, service } = await startKeylessService();
    const [, payload, signature] = (await issuer.sign(audience)).split(".");
    const header = { alg: "RS256", crit: ["a stranger's words"], "a stranger's words": true };
    const head = Buffer.from(JSON.stringify(header)).toString("base64url");
    await expectRefusal(service, `${head}.${payload}.${signature}`, "ERR_JOSE_NOT_SUPPORTED");
    expect(service.log.join("")).not.toContain("stranger");
  });

  it("whose claims were changed", async () => {
    const { issuer, service } = await startKeylessService({
      rules: [{ repository: "octo/intro", ref: "refs/heads/main", account: "acc_octo" }],
    });
    const ref = { ref: "refs/heads/other" };
    const [head, , signature] = (await issuer.sign(audience, ref)).split(".");
    const [, payload] = (await issuer.sign(audience)).split(".");
    await expectRefusal(
      service,
      `${head}.${payload}.${signature}`,
      "ERR_JWS_SIGNATURE_VERIFICATION_FAILED",
    );
  });

  it.each([
    ["empty", ""],
    ["garbage", "garbage-that-is-no-token-at-all"],
    ["three pieces of garbage", "garbage-number-one.garbage-number-two.garbage-number-three"],
    ["JSON that is none", `${btoa("{not json at all}")}.${btoa("{}")}.AAAA`],
  ])("that is %s", async (_, token) => {
    const { service } = await startKeylessService();
    await expectRefusal(service, token, "");
  });

  it("that is not text, or missing", async () => {
    const { service } = await startKeylessService();
    for (const body of [{}, { token: null }, { token: 7 }, { token: { a: 1 } }]) {
      const response = await fetch(`${service.rootUrl}login/github/`, {
        method: "POST",
        headers: { "X-PV-Meta-App": "github", "Content-Type": "application/json" },
        body: JSON.stringify(body),
      });
      const answer = await answerOf(response);
      expect([answer.status, answer.body]).toEqual([401, refused]);
    }
  });

  it("that is huge, without being read", async () => {
    const { issuer, service } = await startKeylessService();
    const token = await issuer.sign(audience, { padding: "x".repeat(20_000) });
    await expectRefusal(service, token, "too long");
    expect(issuer.keyRequests).toBe(0);
    const answer = await signInWith(service, "x".repeat(3 * 1024 * 1024));
    expect(answer.status).toBe(413);
  });
});

describe("refused tokens", () => {
  it("are one kind of line in the log while they come from one run for one reason", async () => {
    const { issuer, service } = await startKeylessService();
    const old = { iat: 1, exp: 2 };
    const endless = { exp: undefined };
    const ref = "refs/heads/other";
    const tokens: Claims[] = [old, old, endless, { ...old, ref }, old];
    for (const claims of tokens) await signInWith(service, await issuer.sign(audience, claims));
    const lines = logOf(service).filter(({ msg }) => msg === "keyless sign-in refused");
    expect(lines).toMatchObject([
      { address: "127.0.0.1", claims: { ref: "refs/heads/main" }, suppressed: 0 },
      { address: "127.0.0.1", claims: { ref: "refs/heads/main" }, suppressed: 0 },
      { address: "127.0.0.1", claims: { ref }, suppressed: 0 },
    ]);
    expect(lines[0]?.reason).not.toBe(lines[1]?.reason);
  });

  it("are sign-ins of their address, of which too many get 429", async () => {
    const limits = { signInBurst: 2, signInRate: 0.01, refusalDelay: 0.01 };
    const { issuer, service } = await startKeylessService({}, { publicUrl, limits });
    const token = await issuer.sign(audience);
    const statuses: number[] = [];
    for (const each of ["x", "y", token]) statuses.push((await signInWith(service, each)).status);
    expect(statuses).toEqual([401, 401, 429]);
  });
});

describe("the issuer's keys", () => {
  it("are fetched again when a new one signs", async () => {
    const { issuer, service } = await startKeylessService();
    moveClock(0);
    expect((await signInWith(service, await issuer.sign(audience))).status).toBe(200);
    await issuer.rotate();
    // Not at once, or tokens with invented keys would make the service fetch the keys each time.
    await expectRefusal(service, await issuer.sign(audience), "ERR_JWKS_NO_MATCHING_KEY");
    expect(issuer.keyRequests).toBe(1);
    moveClock(31);
    expect((await signInWith(service, await issuer.sign(audience))).status).toBe(200);
    expect(issuer.keyRequests).toBe(2);
  });

  it("are no longer accepted after the issuer has withdrawn them", async () => {
    const { issuer, service } = await startKeylessService();
    expect((await signInWith(service, await issuer.sign(audience))).status).toBe(200);
    // Ten minutes later the keys are fetched again, and the one that signed is not among them.
    const token = await issuer.sign(audience, {}, 601);
    await issuer.rotate();
    moveClock(601);
    await expectRefusal(service, token, "ERR_JWKS_NO_MATCHING_KEY");
    expect(issuer.keyRequests).toBe(2);
  });

  it.each<[string, (issuer: IdTokenIssuer) => void]>([
    ["is down", (issuer) => issuer.close()],
    [
      "fails",
      (issuer) => {
        issuer.failure = { status: 500, body: "" };
      },
    ],
    [
      "answers with something else",
      (issuer) => {
        issuer.failure = { status: 200, body: "<html>" };
      },
    ],
    [
      "has keys that are none",
      (issuer) => {
        issuer.failure = { status: 200, body: '{"keys": 7}' };
      },
    ],
  ])("cannot be had when the issuer %s: 503, and the log says so", async (_, spoil) => {
    const { issuer, service } = await startKeylessService();
    const token = await issuer.sign(audience);
    spoil(issuer);
    const answer = await signInWith(service, token);
    expect([answer.status, answer.body]).toEqual([
      503,
      {
        error: { message: "The token cannot be checked: its issuer is out of reach. Try again." },
        status: 503,
      },
    ]);
    expect(answer.headers.get("retry-after")).toBe("5");
    expect(logOf(service)).toContainEqual(
      expect.objectContaining({
        level: 50,
        err: expect.objectContaining({
          message: expect.stringContaining(`The keys of ${issuer.url} could not be fetched`),
        }),
      }),
    );
    expectNothingOf(token, service);
  });

  it("are asked for again five seconds after a failure, and not for each token", async () => {
    const { issuer, service } = await startKeylessService();
    moveClock(0);
    issuer.failure = { status: 500, body: "" };
    for (let count = 0; count < 3; count++) {
      expect((await signInWith(service, await issuer.sign(audience))).status).toBe(503);
    }
    expect(issuer.keyRequests).toBe(1);
    issuer.failure = null;
    moveClock(5);
    expect((await signInWith(service, await issuer.sign(audience))).status).toBe(200);
    expect(issuer.keyRequests).toBe(2);
  });

  it("are used for a while when the issuer is out of reach", async () => {
    const { issuer, service } = await startKeylessService();
    expect((await signInWith(service, await issuer.sign(audience))).status).toBe(200);
    issuer.close();
    expect((await signInWith(service, await issuer.sign(audience))).status).toBe(200);
  });
});
