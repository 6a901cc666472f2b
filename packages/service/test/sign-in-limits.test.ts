import { setImmediate } from "node:timers/promises";
import { DirectUploadClient } from "@clipcourier/core";
import { describe, expect, it } from "vitest";
import { countScrypt } from "./scrypt-count.js";
import { signIn, startTestService, type TestService } from "./start-test-service.js";
import { startWithAccounts } from "./start-with-accounts.js";
import { answerOf } from "./upload-client.js";

interface Keys {
  appId: string;
  appSecret: string;
}

/** `client` is what a proxy names as the client's address. */
async function trySignIn(service: TestService, { appId, appSecret }: Keys, client = "192.0.2.1") {
  return answerOf(
    await fetch(`${service.rootUrl}login/app/`, {
      method: "POST",
      headers: { "X-PV-Meta-App": appId, "X-Forwarded-For": client },
      body: new URLSearchParams({ app_secret: appSecret }),
    }),
  );
}

const wrong: Keys = { appId: "app_unknown", appSecret: "wrong" };

async function until(isDone: () => boolean): Promise<void> {
  while (!isDone()) await setImmediate();
}

/** Waits for answers that come after everything that other connections have sent by now. */
async function letPass({ baseUrl }: TestService): Promise<void> {
  for (let index = 0; index < 5; index += 1) await (await fetch(`${baseUrl}healthz`)).text();
}

/** The lines of the log with this message. */
function linesOf(service: TestService, message: string) {
  return service.log.map((line) => JSON.parse(line)).filter(({ msg }) => msg === message);
}

describe("a flood of sign-ins", () => {
  it("over 8 connections never has more than two secrets checked at once", async () => {
    const count = countScrypt();
    const service = await startTestService({ limits: { secretChecks: 2 } });
    const session = await signIn(service);
    const before = count.begun;
    const flood = Array.from({ length: 8 }, async (_, index) => {
      const statuses: number[] = [];
      for (let round = 0; round < 3; round += 1) {
        const keys = { appId: `app_${index}`, appSecret: `wrong ${round}` };
        statuses.push((await trySignIn(service, keys)).status);
      }
      return statuses;
    });
    await until(() => count.begun > before);
    const list = await fetch(`${service.rootUrl}me/videoclips`, { headers: session.headers });
    expect(list.status).toBe(200);
    expect((await Promise.all(flood)).flat()).toEqual(Array(24).fill(401));
    expect([count.begun - before, count.most]).toEqual([24, 2]);
  });

  it("that fills the lane and the queue leaves a list its answer", async () => {
    const release = Promise.withResolvers<void>();
    let checks = 0;
    const service = await startWithAccounts(
      (disk) => ({
        verifyApp: async (appId, appSecret) => {
          if (appId !== wrong.appId) return disk.verifyApp(appId, appSecret);
          checks += 1;
          await release.promise;
          return null;
        },
      }),
      { limits: { secretChecks: 2, waitingSignIns: 3 } },
    );
    const session = await signIn(service);
    const flood = Array.from({ length: 8 }, () => trySignIn(service, wrong));
    let answered = 0;
    const refused: number[] = [];
    for (const attempt of flood) {
      void attempt.then(({ status, headers, body }) => {
        answered += 1;
        if (status !== 503) return;
        refused.push(Number(headers.get("retry-after")));
        expect(body).toEqual({ error: { message: expect.any(String) }, status: 503 });
      });
    }
    // Two are checked and three wait, which is all that may: nothing ends before the release.
    await until(() => answered === 3);
    const list = await fetch(`${service.rootUrl}me/videoclips`, { headers: session.headers });
    expect([list.status, answered, checks]).toEqual([200, 3, 2]);
    // A secret that has signed in goes before those that wait, and its queue is another one.
    const owner = trySignIn(service, session);
    release.resolve();
    expect((await owner).status).toBe(200);
    const statuses = (await Promise.all(flood)).map(({ status }) => status).sort();
    expect(statuses).toEqual([401, 401, 401, 401, 401, 503, 503, 503]);
    expect(refused).toEqual([2, 2, 2]);
  });

  it("is not checked for a client that has left meanwhile", async () => {
    const release = Promise.withResolvers<void>();
    const checked: string[] = [];
    const service = await startWithAccounts(
      () => ({
        verifyApp: async (appId) => {
          checked.push(appId);
          await release.promise;
          return null;
        },
      }),
      { limits: { secretChecks: 1 } },
    );
    const first = trySignIn(service, { appId: "first", appSecret: "x" });
    await until(() => checked.length === 1);
    const leaving = new AbortController();
    const second = fetch(`${service.rootUrl}login/app`, {
      method: "POST",
      headers: { "X-PV-Meta-App": "second" },
      body: new URLSearchParams({ app_secret: "x" }),
      signal: leaving.signal,
    });
    const third = trySignIn(service, { appId: "third", appSecret: "x" });
    await letPass(service);
    leaving.abort();
    await expect(second).rejects.toThrow("aborted");
    await letPass(service);
    release.resolve();
    await first;
    await third;
    await until(() => linesOf(service, "client went away").length === 1);
    expect(checked).toEqual(["first", "third"]);
  });
});

describe("an unknown app", () => {
  it("costs as much as a known one: one hash", async () => {
    const count = countScrypt();
    const service = await startTestService();
    const { appId, appSecret } = await signIn(service);
    const attempts = [wrong, { appId, appSecret: "wrong" }, { appId, appSecret }];
    for (const keys of [...attempts, { appId: "", appSecret: "" }]) {
      const before = count.begun;
      await trySignIn(service, keys);
      expect(count.begun - before).toBe(1);
    }
  });
});

describe("too many sign-ins", () => {
  it("from one address get 429 with Retry-After, and others none", async () => {
    const service = await startTestService({
      trustProxy: true,
      limits: { signInBurst: 3, signInRate: 0.01 },
    });
    const session = await signIn(service);
    const statuses: number[] = [];
    for (let index = 0; index < 4; index += 1) {
      statuses.push((await trySignIn(service, wrong)).status);
    }
    expect(statuses).toEqual([401, 401, 401, 429]);
    const refused = await trySignIn(service, wrong);
    expect(refused.body).toEqual({
      error: { message: expect.stringMatching(/^Too many sign-ins from this address\. Try again/) },
      status: 429,
    });
    expect(Number(refused.headers.get("retry-after"))).toBeGreaterThan(0);
    expect((await trySignIn(service, wrong, "192.0.2.2")).status).toBe(401);
    // The owner of a secret who is behind the same address is not kept out.
    expect((await trySignIn(service, session)).status).toBe(200);
    const github = await fetch(`${service.rootUrl}login/github`, { method: "POST", body: "" });
    expect(github.status).not.toBe(429);
  });

  it("count again when the time is over", async () => {
    const service = await startTestService({
      limits: { signInBurst: 1, signInRate: 20, refusalDelay: 0.01 },
    });
    const keys = await service.accounts.createApp();
    await trySignIn(service, wrong);
    let answer = await trySignIn(service, keys);
    while (answer.status === 429) answer = await trySignIn(service, keys);
    expect(answer.status).toBe(200);
  });

  it("fail with one app, from whatever address, without keeping its owner out", async () => {
    const service = await startTestService({ trustProxy: true, limits: { failedSignIns: 2 } });
    const { appId, appSecret } = await signIn(service);
    const statuses: number[] = [];
    for (const client of ["192.0.2.1", "192.0.2.2", "192.0.2.3"]) {
      statuses.push((await trySignIn(service, { appId, appSecret: "wrong" }, client)).status);
    }
    expect(statuses).toEqual([401, 401, 429]);
    const other = await service.accounts.createApp();
    expect((await trySignIn(service, other, "192.0.2.3")).status).toBe(200);
    for (let index = 0; index < 5; index += 1) {
      expect((await trySignIn(service, { appId, appSecret }, "192.0.2.9")).status).toBe(200);
    }
  });

  it("are waited for by the client", async () => {
    const service = await startTestService({ limits: { signInBurst: 1, signInRate: 0.5 } });
    const { appId, appSecret } = await service.accounts.createApp();
    await trySignIn(service, wrong);
    const { rootUrl } = service;
    await using client = new DirectUploadClient({ rootUrl, appId, appSecret, proxyEnv: {} });
    const retries: unknown[] = [];
    await client.signIn(undefined, { onRetry: ({ reason }) => retries.push(reason.status) });
    expect(retries).toEqual([429]);
  });
});

describe("a secret that was changed", () => {
  it("is refused at once, although it had signed in", async () => {
    const service = await startTestService();
    const old = await service.accounts.createApp();
    expect((await trySignIn(service, old)).status).toBe(200);
    const changed = await service.accounts.rotateApp(old.appId);
    expect((await trySignIn(service, old)).status).toBe(401);
    expect((await trySignIn(service, { ...old, ...changed })).status).toBe(200);
  });
});

describe("the log", () => {
  it("says where failed sign-ins come from and how many it left out, but no secret", async () => {
    const service = await startTestService({ trustProxy: true, limits: { logInterval: 1 } });
    const secret = "not-the-secret";
    for (let index = 0; index < 5; index += 1) {
      await trySignIn(service, { appId: "app_x", appSecret: secret }, "2001:db8:1:2:3::4");
    }
    const told = () =>
      linesOf(service, "sign-in refused").reduce((sum, { suppressed }) => sum + 1 + suppressed, 0);
    await until(() => told() === 5);
    const lines = linesOf(service, "sign-in refused");
    expect(lines.length).toBeLessThan(5);
    expect(lines[0]).toMatchObject({
      ...{ level: 40, address: "2001:db8:1:2::/64", app: "app_x", reason: "wrong", suppressed: 0 },
    });
    expect(service.log.join("")).not.toContain(secret);
  });
});
