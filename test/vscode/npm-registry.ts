import { execFile } from "node:child_process";
import { once } from "node:events";
import { access, chmod, mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll } from "vitest";
import { commandLine } from "./local-host.ts";

const run = promisify(execFile);

/** A registry for npm, on loopback, which has the command line of this repository. */
export interface NpmRegistry {
  /** With these npm installs from it, into a folder that is removed after the tests. */
  readonly variables: Record<string, string>;
  /** The paths of the packages that were got from it. */
  readonly downloads: readonly string[];
  /** Whether the install script of a package was run. */
  hasRunScript(): Promise<boolean>;
}

/** For the tests of a file. */
export async function startNpmRegistry(): Promise<NpmRegistry> {
  const folder = await mkdtemp(join(tmpdir(), "clipcourier-registry-"));
  const trace = join(folder, "trace");
  const bin = `#!/bin/sh\n[ "$1" = serve ] && set -- "$@" --port 0\nexec "${process.execPath}" "${commandLine}" "$@"\n`;
  const scripts = { postinstall: `env > "${trace}"` };
  const packages = new Map(
    await Promise.all([
      pack(folder, { name: "clipcourier", version: "0.1.0", bin: "start", scripts }, bin),
      // The command line of this repository finds the real one.
      pack(folder, { name: "@modelcontextprotocol/server", version: "2.4.0", scripts }),
    ]),
  );
  const downloads: string[] = [];
  const server = createServer(({ url = "" }, answer) => {
    const [name = "", isTarball] = decodeURIComponent(url).slice(1).split("/-/");
    const known = packages.get(name);
    if (known === undefined) answer.writeHead(404).end("{}");
    else if (isTarball) {
      downloads.push(name);
      answer.end(known.tarball);
    } else answer.end(JSON.stringify(describe(known.manifest, origin)));
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  afterAll(async () => {
    server.closeAllConnections();
    server.close();
    await rm(folder, { recursive: true, force: true, maxRetries: 3 });
  });
  const settings = { registry: origin, cache: join(folder, "cache"), update_notifier: "false" };
  return {
    variables: Object.fromEntries(
      Object.entries(settings).map(([name, value]) => [`npm_config_${name}`, value]),
    ),
    downloads,
    hasRunScript: () =>
      access(trace).then(
        () => true,
        () => false,
      ),
  };
}

interface PackageManifest {
  name: string;
  version: string;
  bin?: string;
  scripts: Record<string, string>;
}

async function pack(folder: string, manifest: PackageManifest, program?: string) {
  const content = join(folder, manifest.name.replace("/", "-"));
  await mkdir(join(content, "package"), { recursive: true });
  await writeFile(join(content, "package", "package.json"), JSON.stringify(manifest));
  if (program !== undefined) {
    await writeFile(join(content, "package", "start"), program);
    await chmod(join(content, "package", "start"), 0o755);
  }
  await run("tar", ["-czf", `${content}.tgz`, "-C", content, "package"]);
  return [manifest.name, { manifest, tarball: await readFile(`${content}.tgz`) }] as const;
}

function describe(manifest: PackageManifest, origin: string) {
  const { name, version } = manifest;
  const dist = { tarball: `${origin}/${name}/-/${version}.tgz` };
  const versions = { [version]: { ...manifest, dist, hasInstallScript: true } };
  return { name, "dist-tags": { latest: version }, versions };
}
