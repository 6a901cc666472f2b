import { expect, test } from "vitest";
import { createUndiciTransport } from "../src/http/undici-transport.js";
import { startServer } from "./http-server.js";

// In a file of its own: undici is loaded once in a process.
test("the dispatcher that the program has set for its own fetch stays", async () => {
  const place = Symbol.for("undici.globalDispatcher.1");
  const own = { dispatch: () => true };
  Reflect.defineProperty(globalThis, place, { value: own, writable: true });
  // Node 22 and older versions of undici have no such place; where there is a dispatcher, undici 8
  // sets none.
  Reflect.set(globalThis, Symbol.for("undici.globalDispatcher.2"), undefined);
  await using server = await startServer((_, response) => void response.end("ok"));
  const transport = createUndiciTransport({ proxyEnv: {} });
  expect(await transport.send({ method: "GET", url: server.origin, headers: {} })).toMatchObject({
    status: 200,
    body: "ok",
  });
  await transport.close?.();
  expect(Reflect.get(globalThis, place)).toBe(own);
});
