import { expect, test } from "vitest";
import { startProxy } from "../proxy.ts";
import { startTestService } from "../start-service.ts";
import { otherLoopback, useNetworkHost } from "./network-host.ts";

const { host, startEncryptedService, upload } = await useNetworkHost();

test("the editor's own fetch is used where clipcourier.network says so, with its proxy", async () => {
  const service = await startTestService({ host: otherLoopback });
  const proxy = await startProxy();
  await host.call("changeSettings", { "clipcourier.network": "editor", "http.proxy": proxy.url });
  await host.connect(service);
  await upload("fetched-by-proxy.mp4");
  expect(proxy.seen.length).toBeGreaterThan(0);
  for (const line of proxy.seen) expect(line).toContain(new URL(service.rootUrl).host);
});

test("the editor's own fetch trusts what the system trusts", async () => {
  const { front, keys } = await startEncryptedService();
  await host.call("changeSettings", { "clipcourier.network": "editor" });
  await host.connect(keys);
  await upload("fetched.mp4");
  expect(front.log.length).toBeGreaterThan(3);
  // No other client sends this header.
  for (const { headers } of front.log) expect(headers["sec-fetch-mode"]).toBe("cors");
});
