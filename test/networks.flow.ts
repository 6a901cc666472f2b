import { randomBytes } from "node:crypto";
import { createServer } from "node:net";
import { fileURLToPath } from "node:url";
import { inspect } from "node:util";
import { type ClientOptions, DirectUploadError } from "@clipcourier/core";
import { beforeAll, describe, expect, test } from "vitest";
import { makeCertificate } from "./certificate.ts";
import { makeAgent, makeProxyAgent } from "./dispatchers.ts";
import { startProxy } from "./proxy.ts";
import { runNode } from "./run-node.ts";
import { download, partSize, type SpoiledService, startSpoiledService } from "./spoiled-service.ts";
import { makeFolder } from "./start-service.ts";

const bytes = randomBytes(partSize + 77);
const script = fileURLToPath(new URL("upload-process.ts", import.meta.url));

let tls: { key: string; cert: string };
beforeAll(async () => {
  tls = await makeCertificate();
});

const startTls = () => startSpoiledService({}, { tls });

/** The error of an upload that must fail. */
async function failUpload(
  { connect }: SpoiledService,
  options: Partial<ClientOptions>,
): Promise<DirectUploadError> {
  const error = await connect({ retry: { attempts: 2, minDelay: 5 }, ...options })
    .upload(bytes)
    .then(
      () => new Error("uploaded"),
      (error: unknown) => error,
    );
  if (error instanceof DirectUploadError) return error;
  throw error;
}

/** An upload in a process of its own, with these variables and without options of its own. */
async function uploadInProcess(
  { rootUrl, service: { appId, appSecret } }: SpoiledService,
  env: Record<string, string>,
) {
  const file = await (await makeFolder()).write("a.mp4", bytes);
  const order = { client: { rootUrl, appId, appSecret, retry: { attempts: 1 } }, file };
  return runNode([script, JSON.stringify(order)], env);
}

describe("HTTPS with a certificate that is not Node's to know", () => {
  test("is refused at once, and the message names `ca` and NODE_EXTRA_CA_CERTS", async () => {
    const spoiled = await startTls();
    const error = await failUpload(spoiled, {});
    expect(error).toMatchObject({ code: "network", retryable: false });
    expect(error.message).toMatch(/certificate of 127\.0\.0\.1:\d+ is not trusted/);
    expect(error.message).toContain("Set NODE_EXTRA_CA_CERTS to a file with the certificate");
    expect(error.message).toContain("as the option `ca`");
    expect(spoiled.front.log).toEqual([]);
  });

  test.each<[string, (cert: string) => Partial<ClientOptions>]>([
    ["ca", (ca) => ({ ca })],
    ["a list of them", (ca) => ({ ca: [ca] })],
    ["the caller's undici Agent", (ca) => ({ dispatcher: makeAgent({ connect: { ca } }) })],
  ])("is taken with %s", async (_, toOptions) => {
    const spoiled = await startTls();
    const { clip } = await spoiled.connect(toOptions(tls.cert)).upload(bytes);
    expect((await download(clip.videoUrl)).equals(bytes)).toBe(true);
  });

  test("is taken with NODE_EXTRA_CA_CERTS, and not without", async () => {
    const spoiled = await startTls();
    const file = await (await makeFolder()).write("ca.pem", tls.cert);
    const trusting = await uploadInProcess(spoiled, { NODE_EXTRA_CA_CERTS: file });
    expect(trusting).toMatchObject({ code: 0, stderr: "" });
    expect(trusting.stdout).toContain('"outcome":"uploaded"');
    const wary = await uploadInProcess(spoiled, {});
    expect(wary.code).toBe(1);
    expect(wary.stderr).toContain("NODE_EXTRA_CA_CERTS");
  });

  test("NODE_EXTRA_CA_CERTS still counts where `ca` names another authority", async () => {
    const spoiled = await startTls();
    const file = await (await makeFolder()).write("ca.pem", tls.cert);
    const { rootUrl, service } = spoiled;
    const { cert: ca } = await makeCertificate();
    const client = { rootUrl, appId: service.appId, appSecret: service.appSecret, ca };
    const path = await (await makeFolder()).write("a.mp4", bytes);
    const order = JSON.stringify({ client, file: path });
    expect(await runNode([script, order], { NODE_EXTRA_CA_CERTS: file })).toMatchObject({
      code: 0,
    });
  });
});

describe("a proxy", () => {
  const password = "editor:p@ss/w0rd-#1";
  const withPassword = (url: string) =>
    url.replace("//", `//editor:${encodeURIComponent("p@ss/w0rd-#1")}@`);
  const traces = ["p@ss/w0rd-#1", encodeURIComponent("p@ss/w0rd-#1"), btoa(password)];

  test.each(["HTTPS_PROXY", "https_proxy"])("%s is a tunnel for everything", async (name) => {
    const spoiled = await startTls();
    const proxy = await startProxy();
    const client = spoiled.connect({ ca: tls.cert, proxyEnv: { [name]: proxy.url } });
    const { clip } = await client.upload(bytes);
    expect((await download(clip.videoUrl)).equals(bytes)).toBe(true);
    const { host } = new URL(spoiled.front.origin);
    expect(new Set(proxy.seen)).toEqual(new Set([`CONNECT ${host}`]));
    const connections = new Set(spoiled.front.log.map(({ socket }) => socket));
    expect(proxy.seen).toHaveLength(connections.size);
  });

  test.each(["HTTP_PROXY", "http_proxy"])("%s is handed every plain request", async (name) => {
    const spoiled = await startSpoiledService();
    const proxy = await startProxy();
    await spoiled.connect({ proxyEnv: { [name]: proxy.url } }).upload(bytes);
    expect(proxy.seen).toHaveLength(spoiled.front.log.length);
    for (const line of proxy.seen) expect(line).toContain(` ${spoiled.front.origin}/`);
  });

  test.each(["127.0.0.1", "*", "other.example,127.0.0.1"])(
    "NO_PROXY=%s goes around it",
    async (NO_PROXY) => {
      const spoiled = await startTls();
      const proxy = await startProxy();
      const proxyEnv = { HTTPS_PROXY: proxy.url, HTTP_PROXY: proxy.url, NO_PROXY };
      await spoiled.connect({ ca: tls.cert, proxyEnv }).upload(bytes);
      expect(proxy.seen).toEqual([]);
    },
  );

  test("the process's own variables are the default, and `proxyEnv: {}` leaves them out", async () => {
    const spoiled = await startTls();
    const proxy = await startProxy();
    const ca = await (await makeFolder()).write("ca.pem", tls.cert);
    const env = { HTTPS_PROXY: proxy.url, NODE_EXTRA_CA_CERTS: ca };
    expect(await uploadInProcess(spoiled, env)).toMatchObject({ code: 0, stderr: "" });
    const { length } = proxy.seen;
    expect(length).toBeGreaterThan(0);
    await spoiled.connect({ ca: tls.cert, proxyEnv: {} }).listClips();
    expect(proxy.seen).toHaveLength(length);
  });

  test.each([true, false])(
    "that asks for a password takes that of its URL (TLS: %s)",
    async (isTls) => {
      const spoiled = isTls ? await startTls() : await startSpoiledService();
      const proxy = await startProxy(password);
      const url = withPassword(proxy.url);
      const client = spoiled.connect({
        ca: tls.cert,
        proxyEnv: { HTTPS_PROXY: url, HTTP_PROXY: url },
      });
      const { clip } = await client.upload(bytes);
      expect((await download(clip.videoUrl)).equals(bytes)).toBe(true);
      expect(proxy.seen.length).toBeGreaterThan(0);
    },
  );

  test.each([true, false])(
    "that refuses the password is told from the service, and the password stays out (TLS: %s)",
    async (isTls) => {
      const spoiled = isTls ? await startTls() : await startSpoiledService();
      const url = withPassword((await startProxy("editor:another")).url);
      const proxyEnv = { HTTPS_PROXY: url, HTTP_PROXY: url };
      const error = await failUpload(spoiled, { ca: tls.cert, proxyEnv });
      expect(error.message).toMatch(/407|proxy/i);
      expect(spoiled.front.log).toEqual([]);
      const shown = inspect(error, { depth: Infinity, showHidden: true });
      for (const trace of traces) expect(shown).not.toContain(trace);
    },
  );

  test.each([true, false])(
    "that is down is a network failure, and the password stays out (TLS: %s)",
    async (isTls) => {
      const spoiled = isTls ? await startTls() : await startSpoiledService();
      const url = withPassword(`http://127.0.0.1:${await findClosedPort()}`);
      const proxyEnv = { HTTPS_PROXY: url, HTTP_PROXY: url };
      const error = await failUpload(spoiled, { ca: tls.cert, proxyEnv });
      expect(error).toMatchObject({ code: "network", retryable: true });
      expect(error.message).toContain("ECONNREFUSED");
      expect(spoiled.front.log).toEqual([]);
      const shown = inspect(error, { depth: Infinity, showHidden: true });
      for (const trace of traces) expect(shown).not.toContain(trace);
    },
  );

  test("of the caller's, as an undici ProxyAgent with a token", async () => {
    const spoiled = await startTls();
    const proxy = await startProxy(password);
    const token = `Basic ${btoa(password)}`;
    const requestTls = { ca: tls.cert };
    const dispatcher = makeProxyAgent({ uri: proxy.url, token, requestTls });
    const { clip } = await spoiled.connect({ dispatcher }).upload(bytes);
    expect((await download(clip.videoUrl)).equals(bytes)).toBe(true);
    expect(proxy.seen.every((line) => line.startsWith("CONNECT "))).toBe(true);
  });
});

/** A port where nobody listens: one that was given out a moment ago. */
async function findClosedPort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (address === null || typeof address === "string") throw new Error("a TCP server has a port");
  return address.port;
}
