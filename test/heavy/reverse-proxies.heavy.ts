import { randomBytes } from "node:crypto";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { DirectUploadClient } from "@clipcourier/core";
import { Agent } from "undici";
import { expect, onTestFinished, test } from "vitest";
import { findFreePort } from "../../packages/service/test/free-port.ts";
import { Daemon } from "../ceph/daemon.ts";
import { makeCertificate } from "../certificate.ts";
import { type DebianPackage, ensureDebianPackages } from "../debian-packages.ts";
import { ServeProcess } from "../processes/serve-process.ts";
import { makeFolder } from "../start-service.ts";

const mebibyte = 1024 * 1024;

/** Where a proxy is, what is behind it, and its files. */
interface Place {
  port: number;
  upstream: string;
  folder: string;
  cert: string;
  key: string;
  log: string;
}

interface Proxy {
  package: DebianPackage;
  /** The language of the block in the document. */
  language: string;
  /** The document's own lines, for this place. */
  configure(block: string, place: Place): string;
  args(config: string, place: Place): string[];
}

const proxies: Record<string, Proxy> = {
  nginx: {
    package: { name: "nginx-light", file: "/usr/sbin/nginx" },
    language: "nginx",
    configure: (block, { port, upstream, folder, cert, key, log }) => {
      const server = replaceAll(block, {
        "listen 443 ssl": `listen 127.0.0.1:${port} ssl`,
        "127.0.0.1:4280": upstream,
        "/etc/ssl/clips.pem": cert,
        "/etc/ssl/clips.key": key,
        "/var/log/nginx/clips.log": log,
      });
      const kinds = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"];
      const paths = kinds.map((kind) => `${kind}_temp_path ${folder}/${kind};`).join("\n");
      const format =
        "log_format without_query '$remote_addr [$time_local] \"$request_method $uri\" $status $body_bytes_sent';";
      return `daemon off; master_process off; pid ${folder}/pid; error_log ${folder}/error.log;
        events {} http { ${paths}\n${format}\n${server} }`;
    },
    args: (config, { folder }) => ["-c", config, "-p", folder],
  },
  caddy: {
    package: { name: "caddy", file: "/usr/bin/caddy" },
    language: "caddyfile",
    configure: (block, { port, upstream, cert, key, log }) => {
      const site = replaceAll(block, {
        "clips.example.com {": `https://127.0.0.1:${port} {\n  tls ${cert} ${key}`,
        "127.0.0.1:4280": upstream,
        "/var/log/caddy/clips.log": log,
      });
      return `{\n  admin off\n  auto_https disable_redirects\n}\n${site}`;
    },
    args: (config) => ["run", "--adapter", "caddyfile", "--config", config],
  },
};

/** Replaces texts that must be there, so that the document and this file stay one. */
function replaceAll(text: string, replacements: Record<string, string>): string {
  return Object.entries(replacements).reduce((changed, [from, to]) => {
    expect(changed).toContain(from);
    return changed.replaceAll(from, to);
  }, text);
}

async function readBlock(language: string): Promise<string> {
  const text = await readFile(join(import.meta.dirname, "../../docs/self-hosting.md"), "utf8");
  const [, block] = new RegExp(`\`\`\`${language}\n([\\s\\S]*?)\`\`\``).exec(text) ?? [];
  if (block === undefined) throw new Error(`docs/self-hosting.md has no block for ${language}.`);
  return block;
}

async function start(name: string, { package: needed, language, configure, args }: Proxy) {
  ensureDebianPackages([needed]);
  const { path: folder, write } = await makeFolder();
  const { key: keyText, cert: certText } = await makeCertificate();
  const port = await findFreePort();
  const origin = `https://127.0.0.1:${port}`;
  const service = await ServeProcess.start([
    ...["--folder", join(folder, "clips"), "--public-url", `${origin}/`, "--trust-proxy"],
  ]);
  onTestFinished(() => service.stop());
  const place: Place = {
    ...{ port, folder, upstream: `127.0.0.1:${service.port}`, log: join(folder, "access.log") },
    ...{ cert: await write("cert.pem", certText), key: await write("key.pem", keyText) },
  };
  const config = join(folder, "proxy.conf");
  await writeFile(config, configure(await readBlock(language), place));
  const daemon = new Daemon(name, args(config, place), join(folder, "proxy.out"));
  onTestFinished(() => daemon.stop());
  await daemon.checkRunning();
  const client = new DirectUploadClient({
    ...{ rootUrl: `${origin}/v2.7/`, ca: certText, proxyEnv: {} },
    ...service.keys,
  });
  onTestFinished(() => client.close());
  const dispatcher = new Agent({ connect: { ca: certText } });
  onTestFinished(() => dispatcher.close());
  return { origin, client, dispatcher, log: place.log, service };
}

test.each(Object.entries(proxies))(
  "behind %s, set up as docs/self-hosting.md says, a video is uploaded, shown and sought",
  async (name, proxy) => {
    const { origin, client, dispatcher, log } = await start(name, proxy);
    const content = randomBytes(12 * mebibyte);
    const { clip } = await client.upload(content, { filename: "a.mp4" });
    expect(clip.status).toBe("available");
    expect(clip.url).toMatch(new RegExp(`^${origin}/c/`));
    const ask = (url: string, headers = {}) =>
      dispatcher.request({ ...split(url), method: "GET", headers });
    const page = await ask(clip.url);
    expect(page.statusCode).toBe(200);
    expect(await page.body.text()).toContain("a.mp4");
    const range = await ask(`${clip.url}/video`, { range: "bytes=5000000-5000009" });
    expect(range.statusCode).toBe(206);
    expect(Buffer.from(await range.body.arrayBuffer())).toEqual(content.subarray(5e6, 5e6 + 10));
    const whole = await ask(clip.downloadUrl ?? "");
    expect(Buffer.from(await whole.body.arrayBuffer()).equals(content)).toBe(true);
    // Every request is in the log of the proxy, and no signature is.
    await expect.poll(() => readFile(log, "utf8")).toContain(`/c/${clip.id}/download`);
    const logged = await readFile(log, "utf8");
    expect(logged).toContain("/parts/");
    expect(logged).not.toContain("signature");
  },
);

function split(url: string): { origin: string; path: string } {
  const { origin, pathname, search } = new URL(url);
  return { origin, path: pathname + search };
}
