import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { delimiter, dirname, join } from "node:path";
import { createInterface } from "node:readline";
import { stringify } from "yaml";
import { findFreePort } from "../../packages/service/test/free-port.ts";
import release from "../../release.json" with { type: "json" };
import { cacheFolder, fillCacheFolder } from "../cache-folder.ts";
import { npmSetting, runNpm } from "../run-npm.ts";

const version = "6.10.4";

/** npm's registry as packages are published to it: Verdaccio, on loopback and empty. */
export interface Registry {
  url: string;
  /** What makes npm use it, with an empty cache and an empty home folder. */
  env: Record<string, string>;
  stop(): Promise<void>;
}

/** Starts a registry. It has what is published to it, and all else from the registry of this machine. */
export async function startRegistry(): Promise<Registry> {
  const entry = join(await installVerdaccio(), "node_modules/verdaccio/bin/verdaccio");
  const folder = await mkdtemp(join(tmpdir(), "clipcourier-registry-"));
  const port = await findFreePort();
  const url = `http://127.0.0.1:${port}/`;
  const config = join(folder, "config.yaml");
  await writeFile(config, stringify(await describeRegistry(folder)));
  const child = spawn(process.execPath, [entry, "--config", config, "--listen", url], {
    cwd: folder,
    // With what says how the registry of this machine is reached.
    env: { ...process.env, HOME: folder, NODE_NO_WARNINGS: "1" },
    stdio: ["ignore", "pipe", "inherit"],
  });
  const stop = async () => {
    const ended = once(child, "exit");
    child.kill();
    await ended;
    await rm(folder, { recursive: true, force: true, maxRetries: 3 });
  };
  // It reads on after that, or a long log would hold the registry up.
  const lines = createInterface(child.stdout);
  await new Promise<void>((resolve, reject) => {
    lines.on("line", (line) => line.includes("http address") && resolve());
    lines.once("close", () => reject(new Error("Verdaccio ended. Its messages are above.")));
  });
  return { url, env: await describeHome(folder, url), stop };
}

async function installVerdaccio(): Promise<string> {
  const folder = cacheFolder("verdaccio", version);
  await fillCacheFolder(folder, async (draft) => {
    // It asks for a tag of node-fetch that not every mirror has; this is what the tag means.
    const manifest = { private: true, overrides: { "node-fetch": "2.7.0" } };
    await writeFile(join(draft, "package.json"), JSON.stringify(manifest));
    const order = ["install", "--ignore-scripts", "--no-audit", "--no-fund"];
    await runNpm(draft, [...order, `verdaccio@${version}`]);
  });
  return folder;
}

async function describeRegistry(folder: string): Promise<object> {
  const own = Object.values(release.packages).map((name) => [
    name,
    { access: "$all", publish: "$all" },
  ]);
  return {
    storage: join(folder, "storage"),
    web: { enable: false },
    uplinks: { npm: { url: await npmSetting("registry") } },
    packages: { ...Object.fromEntries(own), "**": { access: "$all", proxy: "npm" } },
    log: { type: "stdout", format: "pretty", level: "warn" },
  };
}

/** What makes npm use the registry at an address: an empty cache and an empty home folder, there. */
export async function describeHome(folder: string, url: string): Promise<Record<string, string>> {
  const userconfig = join(folder, ".npmrc");
  // npm publishes nothing without a token, and this registry takes any.
  await writeFile(userconfig, `registry=${url}\n${url.replace("http:", "")}:_authToken=any\n`);
  return {
    HOME: folder,
    // npm runs under the same Node as this test.
    PATH: [dirname(process.execPath), process.env.PATH].join(delimiter),
    NPM_CONFIG_USERCONFIG: userconfig,
    NPM_CONFIG_CACHE: join(folder, "cache"),
    NPM_CONFIG_UPDATE_NOTIFIER: "false",
  };
}
