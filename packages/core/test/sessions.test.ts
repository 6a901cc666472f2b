import type { IncomingMessage, ServerResponse } from "node:http";
import { describe, expect, test } from "vitest";
import { DirectUploadClient } from "../src/index.js";
import { startService, wireClip } from "./client-service.js";
import { answerJson } from "./http-server.js";
import { startUploadServer } from "./upload-server.js";

describe("sessions", () => {
  async function startSigningService(isValid: (token: string | undefined) => boolean) {
    let signedIn = 0;
    const service = await startService((request: IncomingMessage, response: ServerResponse) => {
      if (request.url === "/v2.7/login/app/") {
        signedIn++;
        answerJson(response, {
          data: [{ access_key: "k", access_token: `t${signedIn}`, id: "account" }],
        });
      } else if (isValid(request.headers["x-access-token"]?.toString())) {
        answerJson(response, { data: [wireClip] });
      } else {
        answerJson(response, { error: { message: "no" }, status: 401 }, 401);
      }
    });
    const client = new DirectUploadClient({
      rootUrl: `${service.origin}/v2.7`,
      appId: "app",
      appSecret: "s3cret",
    });
    return { service, client, signedIn: () => signedIn };
  }

  test.each(["", "k\ud800", "k\r\nx-injected: 1", "clé", "a b"])(
    "a session whose key is %j, which no header can hold, is an error of the service",
    async (key) => {
      const data = [{ access_key: key, access_token: "t", id: "account" }];
      await using service = await startService({ data });
      await using client = new DirectUploadClient({
        ...{ rootUrl: `${service.origin}/v2.7`, appId: "app", appSecret: "s3cret" },
      });
      const signingIn = client.signIn();
      await expect(signingIn).rejects.toMatchObject({ code: "bad_answer" });
      await expect(signingIn).rejects.toThrow(": data[0].access_key: ");
    },
  );

  test("calls that are made at once sign in once, and once again when the session has ended", async () => {
    let valid = "t1";
    const { service, client, signedIn } = await startSigningService((token) => token === valid);
    await using _ = service;
    await Promise.all(["a", "b", "c"].map((id) => client.getClip(id)));
    expect(signedIn()).toBe(1);
    valid = "t2";
    await Promise.all(["a", "b", "c"].map((id) => client.getClip(id)));
    expect(signedIn()).toBe(2);
  });

  test("a service that refuses every token is asked twice, and not again", async () => {
    const { service, client, signedIn } = await startSigningService(() => false);
    await using _ = service;
    await expect(client.getClip("a")).rejects.toMatchObject({ code: "unauthorized" });
    expect(signedIn()).toBe(2);
  });
});

test("the app does not take over when the session of a user has ended", async () => {
  let valid = "token-1";
  const server = await startUploadServer({
    answer({ kind, request, response }) {
      if (kind === "login" || request.headers["x-access-token"] === valid) return false;
      response.writeHead(401).end();
      return true;
    },
  });
  const client = server.connect();
  await client.signIn({ username: "ann", password: "a password" });
  await client.getClip("c1");
  valid = "token-2";
  await expect(client.getClip("c1")).rejects.toMatchObject({
    code: "unauthorized",
    message: expect.stringContaining("call signIn() with the name and the password again"),
  });
  expect(server.count("login")).toBe(1);
});

test("a call that was refused goes on when the user has signed in again meanwhile", async () => {
  const refused = Promise.withResolvers<void>();
  const server = await startUploadServer({
    async answer({ kind, request, response }) {
      if (kind === "login" || request.headers["x-access-token"] !== "token-1") return false;
      refused.resolve();
      await again.promise;
      response.writeHead(401).end();
      return true;
    },
  });
  const again = Promise.withResolvers<void>();
  const client = server.connect();
  const ann = { username: "ann", password: "a password" };
  await client.signIn(ann);
  const asking = client.getClip("c1");
  await refused.promise;
  await client.signIn(ann);
  again.resolve();
  await expect(asking).resolves.toMatchObject({ id: "c1" });
  expect(server.count("login")).toBe(2);
});

describe("onSecret", () => {
  test("is called with the secret, with each new session, and with what makes URLs valid", async () => {
    const seen: string[] = [];
    let valid = "token-1";
    const server = await startUploadServer({
      answer({ kind, request, response }) {
        if (kind === "login" || request.headers["x-access-token"] === valid || kind === "part") {
          return false;
        }
        response.writeHead(401).end();
        return true;
      },
    });
    const client = server.connect({ onSecret: (secret) => seen.push(secret) });
    await client.upload(Buffer.from("a"));
    expect(seen).toEqual(["s3cret-of-the-app", "key-1", "token-1", "signature-of-1"]);
    valid = "token-2";
    await client.getClip("c1");
    expect(seen.slice(4)).toEqual(["key-2", "token-2"]);
  });

  test("is called with both halves of a given pair", () => {
    const seen: string[] = [];
    new DirectUploadClient({
      ...{ rootUrl: "https://clips.example.com", appId: "app" },
      ...{ accessKey: "given-key", accessToken: "given-token" },
      onSecret: (secret) => seen.push(secret),
    });
    expect(seen).toEqual(["given-key", "given-token"]);
  });
});

test("the session stays in use when a user's sign-in fails", async () => {
  const server = await startUploadServer({
    answer({ kind, response }) {
      if (kind !== "login") return false;
      response.writeHead(401).end();
      return true;
    },
  });
  const pair = { accessKey: "given-key", accessToken: "given-token" };
  const client = server.connect({ ...pair, appSecret: undefined });
  const signingIn = client.signIn({ username: "ann", password: "wrong" });
  signingIn.catch(() => {});
  await expect(client.getClip("c1")).resolves.toMatchObject({ id: "c1" });
  await expect(signingIn).rejects.toMatchObject({ code: "unauthorized" });
  await expect(client.getClip("c1")).resolves.toMatchObject({ id: "c1" });
});
