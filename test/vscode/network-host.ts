import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { afterAll, afterEach, expect } from "vitest";
import { makeCertificate } from "../certificate.ts";
import { startSpoiledService } from "../spoiled-service.ts";
import { useExtensionHost } from "./extension-host.ts";
import { addFile } from "./workspace.ts";

/** A loopback address that is not among those which are always reached without a proxy. */
export const otherLoopback = "127.0.0.2";

const changed = [
  "clipcourier.network",
  "clipcourier.allowedStorageHosts",
  ...["http.proxy", "http.noProxy", "http.proxySupport", "http.systemCertificates"],
];

/** An extension host on a system that trusts one certificate more. Each test has its settings anew. */
export async function useNetworkHost() {
  const tls = await makeCertificate();
  const folder = await mkdtemp(join(tmpdir(), "clipcourier-certificates-"));
  const authorities = join(folder, "authorities.pem");
  await writeFile(authorities, tls.cert);
  afterAll(() => rm(folder, { recursive: true, force: true }));
  // OpenSSL reads the system's certificates from this file.
  const host = useExtensionHost({ variables: { SSL_CERT_FILE: authorities } });
  afterEach(() =>
    host.call("changeSettings", Object.fromEntries(changed.map((name) => [name, null]))),
  );
  return {
    host,

    /** Starts a service behind TLS, with the certificate that the system alone trusts. */
    async startEncryptedService() {
      const { front, rootUrl, service } = await startSpoiledService({}, { tls });
      const { appId, appSecret } = service;
      return { front, keys: { rootUrl, appId, appSecret } };
    },

    /** Uploads a new video. */
    async upload(name: string): Promise<void> {
      const uri = pathToFileURL(await addFile(host.folder, name, {})).href;
      const { clips, failures } = await host.call("upload", [uri], { showSummary: false });
      expect(failures).toEqual([]);
      expect(clips).toMatchObject([{ uri, outcome: "uploaded" }]);
    },
  };
}
