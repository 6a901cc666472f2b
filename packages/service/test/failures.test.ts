import { describe, expect, it } from "vitest";
import { guardBody } from "../src/http/guarded-body.js";
import { Readiness } from "../src/http/readiness.js";
import { StoreFullError, StoreUnavailableError } from "../src/store/store-error.js";
import { startTestService, type TestService } from "./start-test-service.js";
import { startWithAccounts } from "./start-with-accounts.js";
import { answerOf } from "./upload-client.js";

function errno(code: string): Error {
  return Object.assign(new Error(`${code}: /secret/path`), { code });
}

async function answerTo(
  error: Error,
): Promise<{ service: TestService; ask: () => ReturnType<typeof answerOf> }> {
  const service = await startWithAccounts(() => ({ verifyApp: () => Promise.reject(error) }));
  const ask = async () =>
    answerOf(
      await fetch(`${service.rootUrl}login/app`, {
        method: "POST",
        headers: { "X-PV-Meta-App": "app_a" },
        body: new URLSearchParams({ app_secret: "x" }),
      }),
    );
  return { service, ask };
}

describe("a failure", () => {
  it.each<[string, Error, number, string | null, string]>([
    ["too many open files", errno("EMFILE"), 503, "2", "files open"],
    ["too many on the machine", errno("ENFILE"), 503, "2", "files open"],
    ["as a cause", new Error("a", { cause: errno("EMFILE") }), 503, "2", "files open"],
    ["a full disk", errno("ENOSPC"), 507, null, "full"],
    [
      "a full store",
      new StoreFullError("/srv is full."),
      507,
      null,
      "store of the service is full",
    ],
    ["a store out of reach", new StoreUnavailableError("/secret/path"), 503, "10", "The store"],
    ["anything else", new Error("/secret/path"), 500, null, "The service failed"],
  ])("of %s has its answer, and one line in the log", async (_, error, status, retry, message) => {
    const { service, ask } = await answerTo(error);
    for (let index = 0; index < 3; index += 1) {
      const answer = await ask();
      expect(answer.body).toEqual({ error: { message: expect.stringContaining(message) }, status });
      expect([answer.status, answer.headers.get("retry-after")]).toEqual([status, retry]);
      expect(answer.text).not.toContain("/secret/path");
    }
    const lines = service.log.map((line) => JSON.parse(line));
    expect(lines.filter(({ msg }) => msg === "request crashed")).toMatchObject([{ level: 50 }]);
  });
});

describe("a body that is sent", () => {
  const bodyOf = (...chunks: (number | Error)[]) =>
    new ReadableStream<Uint8Array>({
      pull(controller) {
        const next = chunks.shift();
        if (next === undefined) controller.close();
        else if (next instanceof Error) controller.error(next);
        else controller.enqueue(new Uint8Array(next));
      },
    });

  it.each<[string, (number | Error)[], string]>([
    ["fails", [5, new Error("disk")], "disk"],
    ["is too short", [5], "5 bytes instead of 10"],
    ["is too long", [5, 6], "11 bytes instead of 10"],
  ])("and %s never ends", async (_, chunks, message) => {
    const failed = Promise.withResolvers<unknown>();
    const reader = guardBody(bodyOf(...chunks), 10, failed.resolve).getReader();
    const read: number[] = [];
    void (async () => {
      for (;;) read.push((await reader.read()).value?.length ?? -1);
    })();
    expect(String(await failed.promise)).toContain(message);
    expect(read).toEqual([5]);
  });
});

describe("/readyz", () => {
  it("answers 200", async () => {
    const { baseUrl } = await startTestService();
    const response = await fetch(`${baseUrl}readyz`);
    expect([response.status, await response.text()]).toEqual([200, "ready\n"]);
    expect(response.headers.get("cache-control")).toBe("no-store");
  });

  it("runs one check for all who ask at once", async () => {
    const checks: PromiseWithResolvers<void>[] = [];
    const readiness = new Readiness(() => {
      const check = Promise.withResolvers<void>();
      checks.push(check);
      return check.promise;
    });
    const both = Promise.all([readiness.check(), readiness.check()]);
    checks[0]?.resolve();
    await both;
    const failing = readiness.check();
    checks[1]?.reject(new Error("gone"));
    await expect(failing).rejects.toThrow("gone");
    expect(checks.length).toBe(2);
  });

  it("does not wait for a check that hangs, and starts no other", async () => {
    let checks = 0;
    const readiness = new Readiness(
      () => {
        checks += 1;
        return new Promise(() => {});
      },
      { longest: 50 },
    );
    await expect(readiness.check()).rejects.toThrow("has not answered within 50 ms");
    await expect(readiness.check()).rejects.toThrow("has not answered within 50 ms");
    expect(checks).toBe(1);
  });
});
