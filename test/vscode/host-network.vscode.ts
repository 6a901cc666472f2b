import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { afterAll, afterEach, expect, test } from "vitest";
import { makeCertificate } from "../certificate.ts";
import { startProxy } from "../proxy.ts";
import { startSpoiledService } from "../spoiled-service.ts";
import { startTestService } from "../start-service.ts";
import { answerConnect } from "./connect.ts";
import { useExtensionHost } from "./extension-host.ts";
import { addFile } from "./workspace.ts";

const tls = await makeCertificate();
const folder = await mkdtemp(join(tmpdir(), "clipcourier-certificates-"));
const authorities = join(folder, "authorities.pem");
await writeFile(authorities, tls.cert);
afterAll(() => rm(folder, { recursive: true, force: true }));

// OpenSSL reads the system's certificates from this file. The editor does not know this one.
const host = useExtensionHost({ SSL_CERT_FILE: authorities });

const changed = [
  "clipcourier.network",
  ...["http.proxy", "http.noProxy", "http.proxySupport", "http.systemCertificates"],
];
afterEach(() =>
  host.call("changeSettings", Object.fromEntries(changed.map((name) => [name, null]))),
);

/** A loopback address that is not among those which are always reached without a proxy. */
const otherLoopback = "127.0.0.2";

/** The service behind TLS. */
async function startEncryptedService() {
  const { front, rootUrl, service } = await startSpoiledService({}, { tls });
  const { appId, appSecret } = service;
  return { front, keys: { rootUrl, appId, appSecret } };
}

/** Uploads a new video. */
async function upload(name: string) {
  const uri = pathToFileURL(await addFile(host.folder, name, {})).href;
  const { clips, failures } = await host.call("upload", [uri], { showSummary: false });
  expect(failures).toEqual([]);
  expect(clips).toMatchObject([{ uri, outcome: "uploaded" }]);
}

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
