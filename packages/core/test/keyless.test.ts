import type { IncomingMessage, ServerResponse } from "node:http";
import { describe, expect, test } from "vitest";
import { type ClientOptions, DirectUploadClient } from "../src/index.js";
import { answerJson, readBody, startServer } from "./http-server.js";

const clip = {
  id: "c1",
  url: "https://clips.example.com/c/c1",
  preview_gif: null,
  thumbnail_url: null,
  status: "available",
};

interface SignIn {
  path: string | undefined;
  appId: unknown;
  form: Record<string, string>;
}

interface Script {
  /** Answers `login/github/`; by default with a new session each time. */
  signIn?(form: Record<string, string>, response: ServerResponse): void;
  /** Whether the token of a session is valid. */
  isGood?(token: unknown): boolean;
}

/** A service that takes ID tokens, and gives the sessions s1, s2, … */
async function startService({ signIn, isGood = () => true }: Script = {}) {
  const signIns: SignIn[] = [];
  const handle = async (request: IncomingMessage, response: ServerResponse) => {
    if (!request.url?.startsWith("/v2.7/login/")) {
      const isSignedIn = isGood(request.headers["x-access-token"]);
      if (isSignedIn) return answerJson(response, { data: [clip] });
      return answerJson(response, { error: { message: "no" }, status: 401 }, 401);
    }
    const form = Object.fromEntries(new URLSearchParams((await readBody(request)).toString()));
    signIns.push({ path: request.url, appId: request.headers["x-pv-meta-app"], form });
    if (signIn) return signIn(form, response);
    const session = { access_key: "key1", access_token: `s${signIns.length}`, id: "acc_octo" };
    return answerJson(response, { data: [session] });
  };
  const server = await startServer((request, response) => void handle(request, response));
  return {
    signIns,
    origin: server.origin,
    connect: (options: Partial<ClientOptions>) =>
      new DirectUploadClient({
        ...{ rootUrl: `${server.origin}/base/../v2.7`, appId: "github", proxyEnv: {} },
        retry: { attempts: 2, minDelay: 1 },
        ...options,
      }),
    [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
  };
}

/** Gives the tokens id-token-1, id-token-2, … and records their audiences. */
function createTokens() {
  const audiences: string[] = [];
  const getIdToken = async (audience: string) => `id-token-${audiences.push(audience)}`;
  return { audiences, getIdToken };
}

function refuse(status: number, message: string) {
  return (_: unknown, response: ServerResponse) =>
    answerJson(response, { error: { message }, status }, status);
}

describe("without keys", () => {
  test("one token is asked for, with the service's origin, for calls that are made at once", async () => {
    await using service = await startService();
    const { audiences, getIdToken } = createTokens();
    await using client = service.connect({ getIdToken, deviceId: "runner" });
    await Promise.all(["a", "b", "c"].map((id) => client.getClip(id)));
    expect(audiences).toEqual([service.origin]);
    expect(service.signIns).toEqual([
      {
        path: "/v2.7/login/github/",
        appId: "github",
        form: { token: "id-token-1", device_id: "runner" },
      },
    ]);
  });

  test("signIn gives the session", async () => {
    await using service = await startService();
    await using client = service.connect(createTokens());
    const session = { accessKey: "key1", accessToken: "s1", id: "acc_octo" };
    await expect(client.signIn()).resolves.toEqual(session);
  });

  test("a session that ended is renewed once, with a new token", async () => {
    let good = "s1";
    await using service = await startService({ isGood: (token) => token === good });
    const { audiences, getIdToken } = createTokens();
    await using client = service.connect({ getIdToken });
    await client.getClip("a");
    good = "s2";
    await Promise.all(["a", "b", "c"].map((id) => client.getClip(id)));
    expect(service.signIns.map(({ form }) => form.token)).toEqual(["id-token-1", "id-token-2"]);
    good = "none";
    await expect(client.getClip("a")).rejects.toMatchObject({ code: "unauthorized" });
    expect(audiences.length).toBe(3);
  });
});

describe("other keys go first", () => {
  test("a secret", async () => {
    await using service = await startService();
    const { audiences, getIdToken } = createTokens();
    await using client = service.connect({ getIdToken, appSecret: "s3cret" });
    await client.getClip("a");
    expect(service.signIns.map(({ path }) => path)).toEqual(["/v2.7/login/app/"]);
    expect(audiences).toEqual([]);
  });

  test("a key and a token, until they are refused", async () => {
    await using service = await startService({ isGood: (token) => token !== "old" });
    const { audiences, getIdToken } = createTokens();
    const pair = (accessToken: string) => ({ getIdToken, accessKey: "key0", accessToken });
    await using first = service.connect(pair("good"));
    await first.getClip("a");
    expect(audiences).toEqual([]);
    await using second = service.connect(pair("old"));
    await second.getClip("a");
    expect(audiences).toEqual([service.origin]);
  });
});

describe("what goes wrong", () => {
  test("a refusal says where the reason can be read, and is not tried again", async () => {
    await using service = await startService({ signIn: refuse(401, "Not signed in") });
    await using client = service.connect(createTokens());
    const asking = client.getClip("a");
    await expect(asking).rejects.toMatchObject({ code: "unauthorized", status: 401 });
    await expect(asking).rejects.toThrow(`Its log says why: no rule of it names this run`);
    await expect(asking).rejects.toThrow(service.origin);
    expect(service.signIns.length).toBe(1);
  });

  const encode = (claims: object) =>
    ["e30", Buffer.from(JSON.stringify(claims)).toString("base64url"), "c2ln"].join(".");
  const inAnHour = Math.floor(Date.now() / 1000) + 3600;
  test.each<[string, string, string]>([
    [
      "expired",
      encode({ exp: 1_700_000_000, aud: "x" }),
      "The token expired at 2023-11-14T22:13:20.000Z. Get a new",
    ],
    [
      "is for others",
      encode({ exp: inAnHour, aud: ["https://x.example"] }),
      "is for https://x.example. Ask",
    ],
    ["says nothing", encode({}), "Its log says why"],
    ["is no object", "e30.bnVsbA.c2ln", "Its log says why"],
    ["is no JWT", "id-token", "Its log says why"],
  ])("a refusal of a token that %s says so", async (_, token, message) => {
    await using service = await startService({ signIn: refuse(401, "Not signed in") });
    await using client = service.connect({ getIdToken: async () => token });
    const asking = client.getClip("a");
    await expect(asking).rejects.toMatchObject({ code: "unauthorized", status: 401 });
    await expect(asking).rejects.toThrow(message);
    await expect(asking).rejects.not.toThrow(token);
  });

  test("a service that does not offer it is reported as such, not as a refusal", async () => {
    await using service = await startService({ signIn: refuse(404, "There is nothing") });
    await using client = service.connect(createTokens());
    const asking = client.getClip("a");
    await expect(asking).rejects.toMatchObject({ code: "not_found", status: 404 });
    await expect(asking).rejects.toThrow(
      "offers no sign-in without a secret (404). Give appSecret",
    );
  });

  test("where the service cannot reach the issuer, the sign-in is tried again", async () => {
    const message = "The token cannot be checked: its issuer is out of reach. Try again.";
    await using service = await startService({ signIn: refuse(503, message) });
    await using client = service.connect(createTokens());
    const asking = client.getClip("a");
    await expect(asking).rejects.toMatchObject({ code: "server_error", status: 503 });
    await expect(asking).rejects.toThrow("its issuer is out of reach");
    expect(service.signIns.length).toBe(2);
  });

  test.each(["", undefined, 7])("%j is not a token", async (token) => {
    await using service = await startService();
    await using client = service.connect({ getIdToken: async () => token as string });
    const asking = client.getClip("a");
    await expect(asking).rejects.toMatchObject({ code: "unauthorized" });
    await expect(asking).rejects.toThrow("getIdToken gave no token");
    expect(service.signIns).toEqual([]);
  });

  test("a runner that gives no token", async () => {
    await using service = await startService();
    const cause = new Error("Unable to get ACTIONS_ID_TOKEN_REQUEST_URL env variable");
    await using client = service.connect({ getIdToken: () => Promise.reject(cause) });
    const asking = client.getClip("a");
    await expect(asking).rejects.toMatchObject({ code: "unauthorized", cause });
    await expect(asking).rejects.toThrow("There is no ID token to sign in with: Unable to get");
  });

  test("an abort does not wait for a runner that is silent", async () => {
    await using service = await startService();
    const stop = new AbortController();
    const getIdToken = () => {
      setImmediate(() => stop.abort());
      return new Promise<never>(() => {});
    };
    await using client = service.connect({ getIdToken });
    const asking = client.getClip("a", { signal: stop.signal });
    await expect(asking).rejects.toMatchObject({ code: "aborted" });
  });

  test("a token that the service repeats is not in the message", async () => {
    await using service = await startService({
      signIn: ({ token }, response) => refuse(400, `token: bad ${token}`)(undefined, response),
    });
    // As long as a real one, so that the message is shortened in the middle of it.
    const token = "abcdefgh".repeat(200);
    await using client = service.connect({ getIdToken: async () => token });
    const asking = client.getClip("a");
    await expect(asking).rejects.toThrow("token: bad [redacted]");
    await expect(asking).rejects.not.toThrow("abcdefgh");
  });

  test("anything but a function is refused", () => {
    const options = { rootUrl: "https://clips.example.com", appId: "github", getIdToken: "token" };
    expect(() => new DirectUploadClient(options as unknown as ClientOptions)).toThrow(
      "getIdToken must be a function",
    );
  });
});
