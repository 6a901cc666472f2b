import { pathToFileURL } from "node:url";
import { expect, test } from "vitest";
import { startProxy } from "../proxy.ts";
import { startTestService } from "../start-service.ts";
import { answerConnect } from "./connect.ts";
import { otherLoopback, useNetworkHost } from "./network-host.ts";
import { addFile } from "./workspace.ts";

const { host, startEncryptedService, upload } = await useNetworkHost();

test("http.proxy is handed every request", async () => {
  const service = await startTestService({ host: otherLoopback });
  const proxy = await startProxy();
  await host.call("changeSettings", { "http.proxy": proxy.url });
  await host.connect(service);
  await upload("proxied.mp4");
  const { origin } = new URL(service.rootUrl);
  for (const line of proxy.seen) expect(line).toContain(` ${origin}/`);
  for (const step of [/^POST .*\/login\/app/, /^GET .*\/directupload\//, /^PUT .*partNumber=1/]) {
    expect(proxy.seen).toContainEqual(expect.stringMatching(step));
  }
});

test("a proxy is given its user and password, also where http.proxy has no scheme", async () => {
  const service = await startTestService({ host: otherLoopback });
  const proxy = await startProxy("someone:secret");
  await host.call("changeSettings", {
    "http.proxy": `someone:secret@${new URL(proxy.url).host}`,
  });
  await host.connect(service);
  await upload("with-password.mp4");
  expect(proxy.seen.length).toBeGreaterThan(3);
});

test.each([
  ["that refuses the password", "http:", "the proxy refuses to connect to 127.0.0.2"],
  ["of a kind that is not supported", "socks4:", "the proxy in http.proxy, or in the environment"],
])("a proxy %s is the reason that is shown", async (_, scheme, reason) => {
  const service = await startTestService({ host: otherLoopback });
  const { host: address } = new URL((await startProxy("someone:secret")).url);
  await host.call("changeSettings", { "http.proxy": `${scheme}//someone:wrong@${address}` });
  const given = host.call("runCommand", "clipcourier.connect");
  await answerConnect(host.workbench, service);
  const failure = await host.workbench.notifications.find(reason);
  expect(await failure.read()).not.toContain("wrong");
  await failure.dismiss();
  await given;
});

test.each<[string, Record<string, unknown>]>([
  ["http.noProxy names the service", { "http.noProxy": ["other.example", otherLoopback] }],
  ["http.proxySupport is off", { "http.proxySupport": "off" }],
])("the proxy is left out where %s", async (_, settings) => {
  const service = await startTestService({ host: otherLoopback });
  const proxy = await startProxy();
  await host.call("changeSettings", { "http.proxy": proxy.url, ...settings });
  await host.connect(service);
  await upload(`direct-${Object.keys(settings)}.mp4`);
  expect(proxy.seen).toEqual([]);
});

test("a service of this machine is reached past the proxy", async () => {
  const service = await startTestService();
  const proxy = await startProxy();
  await host.call("changeSettings", { "http.proxy": proxy.url });
  await host.connect(service);
  await upload("own-machine.mp4");
  expect(proxy.seen).toEqual([]);
});

test("a video is sent to no storage but that which clipcourier.allowedStorageHosts names", async () => {
  const service = await startTestService();
  await host.connect(service);
  const uri = pathToFileURL(await addFile(host.folder, "elsewhere.mp4", {})).href;
  const allow = (hosts: string[]) =>
    host.call("changeSettings", { "clipcourier.allowedStorageHosts": hosts });
  await allow(["storage.example.com"]);
  const { failures } = await host.call("upload", [uri], { showSummary: false });
  expect(failures).toMatchObject([
    { uri, message: expect.stringContaining("clipcourier.allowedStorageHosts") },
  ]);
  await allow(["storage.example.com", "127.0.0.0/8"]);
  await upload("allowed.mp4");
});

test("a certificate is trusted that only the system knows", async () => {
  const { front, keys } = await startEncryptedService();
  await host.connect(keys);
  await upload("encrypted.mp4");
  expect(front.log.some(({ method, status }) => method === "PUT" && status === 200)).toBe(true);
});

test("a certificate that only the system knows is refused where http.systemCertificates is off", async () => {
  const { front, keys } = await startEncryptedService();
  await host.call("changeSettings", { "http.systemCertificates": false });
  const { notifications } = host.workbench;
  const given = host.call("runCommand", "clipcourier.connect");
  await answerConnect(host.workbench, keys);
  const failure = await notifications.find("shows a certificate that cannot be trusted");
  await failure.dismiss();
  await given;
  expect(front.log).toEqual([]);
});
