import { setTimeout as sleep } from "node:timers/promises";
import { pino } from "pino";
import { expect, it, onTestFinished, vi } from "vitest";
import { type Attempt, SignInGate } from "../src/auth/sign-in-gate.js";
import { type Limits, resolveLimits } from "../src/limits/limits.js";
import { LogThrottle } from "../src/limits/log-throttle.js";

const { signal } = new AbortController();

function openGate(given: Partial<Limits>) {
  // The clock stands still: what is said of the time to wait is then exact.
  vi.useFakeTimers({ toFake: ["Date"] });
  onTestFinished(() => void vi.useRealTimers());
  const limits = resolveLimits({ refusalDelay: 0.001, ...given });
  const log: Record<string, unknown>[] = [];
  const logger = pino(
    { level: "trace" },
    { write: (line: string) => void log.push(JSON.parse(line)) },
  );
  const throttle = new LogThrottle(limits.logInterval);
  const gate = new SignInGate({ limits, logger, throttle });
  /** A sign-in of an app, which is right unless the secret is "wrong". */
  const check = (secret: string, attempt: Partial<Attempt> = {}) => {
    const one: Attempt = {
      address: "192.0.2.1",
      signal,
      kind: "app",
      name: "app_x",
      secret,
      ...attempt,
    };
    return gate.check(one, async () => (secret === "wrong" ? null : "acc_x"));
  };
  return { gate, log, check };
}

/** A refusal with 429 for as many seconds. */
function tooMany(message: string, seconds: number) {
  return expect.objectContaining({
    status: 429,
    message: `${message}. Try again in ${seconds} s.`,
    headers: { "Retry-After": String(seconds) },
  });
}

it("an address that has used up its burst is told when its rate allows it again", async () => {
  const { gate } = openGate({ signInBurst: 3, signInRate: 0.01 });
  const caller = { address: "192.0.2.1", signal };
  for (let index = 0; index < 3; index += 1) await gate.admit(caller);
  const refusal = tooMany("Too many sign-ins from this address", 300);
  await expect(gate.admit(caller)).rejects.toEqual(refusal);
  await gate.admit({ address: "192.0.2.2", signal });
});

it("less than a second to wait is told as one", async () => {
  const { gate } = openGate({ signInBurst: 1, signInRate: 1_000 });
  const caller = { address: "192.0.2.1", signal };
  await gate.admit(caller);
  const refusal = tooMany("Too many sign-ins from this address", 1);
  await expect(gate.admit(caller)).rejects.toEqual(refusal);
});

it("a rate at which a burst takes longer than a timer can wait holds back all the same", async () => {
  const { gate } = openGate({ signInBurst: 1, signInRate: 1e-9 });
  const caller = { address: "192.0.2.1", signal };
  await gate.admit(caller);
  const refusal = tooMany("Too many sign-ins from this address", 2_000_000);
  await expect(gate.admit(caller)).rejects.toEqual(refusal);
});

it("callers of an unknown address share one limit", async () => {
  const { gate } = openGate({ signInBurst: 1 });
  await gate.admit({ address: null, signal });
  await expect(gate.admit({ address: null, signal })).rejects.toThrow("Too many sign-ins");
});

it("a refusal is held back, and ends at once when the client goes", async () => {
  const { gate, log } = openGate({ signInBurst: 1, refusalDelay: 60 });
  const leaving = new AbortController();
  const caller = { address: "192.0.2.1", signal: leaving.signal };
  await gate.admit(caller);
  const refused = gate.admit(caller).catch((error: unknown) => error);
  const first = await Promise.race([refused, sleep(10, "nothing yet")]);
  expect(first).toBe("nothing yet");
  leaving.abort();
  expect(await refused).toMatchObject({ status: 429 });
  expect(log).toMatchObject([{ msg: "sign-in refused", reason: "too many from this address" }]);
});

it("failures with one username are counted for a minute, apart from those of an app of that name", async () => {
  const { check, log } = openGate({ failedSignIns: 2 });
  const ada = { kind: "user", name: "ada" } as const;
  expect(await check("wrong", ada)).toBeNull();
  expect(await check("wrong", { ...ada, address: "192.0.2.2" })).toBeNull();
  const refusal = tooMany("Too many failed sign-ins with this user", 60);
  await expect(check("wrong", { ...ada, address: "192.0.2.3" })).rejects.toEqual(refusal);
  expect(await check("wrong", { kind: "app", name: "ada" })).toBeNull();
  expect(await check("wrong", { ...ada, name: "eve" })).toBeNull();
  // People type their password where the name belongs.
  const users = log.filter(({ reason, app }) => reason !== "wrong" || app === undefined);
  expect(JSON.stringify(users)).not.toContain("ada");
  expect(log).toContainEqual(expect.objectContaining({ reason: "too many with this user" }));
});

it("an app's name in the log is cut, as a stranger's may be of any length", async () => {
  const { check, log } = openGate({});
  await check("wrong", { name: "x".repeat(1_000) });
  expect(log).toMatchObject([{ reason: "wrong", app: "x".repeat(64) }]);
});

it("right secrets, and checks that fail, are no failures of the name", async () => {
  const { gate, check } = openGate({ failedSignIns: 1 });
  expect(await check("first")).toBe("acc_x");
  expect(await check("second")).toBe("acc_x");
  const attempt = { address: null, signal, kind: "app", name: "app_x", secret: "third" } as const;
  const broken = gate.check(attempt, async () => {
    throw new Error("The disk is away.");
  });
  await expect(broken).rejects.toThrow("The disk is away.");
  expect(await check("third")).toBe("acc_x");
  expect(await check("wrong")).toBeNull();
  await expect(check("fourth")).rejects.toThrow("Too many failed sign-ins with this app");
});

it("a secret that is not right any more is counted like any other", async () => {
  const { gate } = openGate({ signInBurst: 2 });
  const attempt = { address: null, signal, kind: "app", name: "app_x", secret: "old" } as const;
  const accounts = ["acc_x", null, null, null];
  const check = () => gate.check(attempt, async () => accounts.shift() ?? null);
  expect(await check()).toBe("acc_x");
  expect(await check()).toBeNull();
  expect(await check()).toBeNull();
  await expect(check()).rejects.toThrow("Too many sign-ins from this address");
});

it("more than may wait get 503, and a secret that has signed in goes before those that wait", async () => {
  const { gate, check, log } = openGate({ secretChecks: 1, waitingSignIns: 1 });
  await check("known");
  const release = Promise.withResolvers<void>();
  const ended: string[] = [];
  const wait = async (secret: string, whoSignsIn: Promise<unknown>) => {
    await whoSignsIn.then(() => ended.push(secret));
  };
  const attempt = { address: null, signal, kind: "app", name: "app_x", secret: "first" } as const;
  const first = gate.check(attempt, async () => {
    await release.promise;
    return null;
  });
  const second = check("second");
  // Its place is counted once it waits.
  await sleep(0);
  await expect(check("third")).rejects.toEqual(
    expect.objectContaining({ status: 503, headers: { "Retry-After": "2" } }),
  );
  expect(log).toContainEqual(expect.objectContaining({ reason: "too many are waiting" }));
  const all = [wait("second", second), wait("known", check("known"))];
  release.resolve();
  expect(await first).toBeNull();
  await Promise.all(all);
  expect(ended).toEqual(["known", "second"]);
});

it("a secret is not checked for a client that has gone while it waited", async () => {
  const { gate, check } = openGate({ secretChecks: 1 });
  const leaving = new AbortController();
  const release = Promise.withResolvers<void>();
  const attempt = { address: null, signal, kind: "app", name: "app_x", secret: "first" } as const;
  const first = gate.check(attempt, async () => {
    await release.promise;
    return "acc_x";
  });
  const second = check("second", { signal: leaving.signal });
  leaving.abort();
  release.resolve();
  expect(await first).toBe("acc_x");
  await expect(second).rejects.toThrow("The client has gone.");
});

it("the 10,000 secrets that have signed in last are let through before all others", async () => {
  const { check } = openGate({ signInBurst: 1 });
  const from = (address: string, name: string) => check("right", { address, name });
  for (let index = 0; index < 10_000; index += 1) await from(`address ${index}`, `app_${index}`);
  // These two use up the one sign-in of an address, and the first app signs in once more.
  expect(await from("full", "app_0")).toBe("acc_x");
  expect(await from("full", "app_new")).toBe("acc_x");
  expect(await from("full", "app_0")).toBe("acc_x");
  expect(await from("full", "app_2")).toBe("acc_x");
  await expect(from("full", "app_1")).rejects.toThrow("Too many sign-ins from this address");
});
