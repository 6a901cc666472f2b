import { execFile, spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { cp, mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { promisify, stripVTControlCharacters } from "node:util";
import { afterAll, beforeAll, beforeEach, describe, expect, onTestFinished, test } from "vitest";
import extension from "../../packages/vscode/package.json" with { type: "json" };
import release from "../../release.json" with { type: "json" };
import { root } from "../action/action-definition.ts";
import { makeVideo } from "../fixtures/make-video.ts";
import { runNode } from "../run-node.ts";
import { makeFolder, startTestService } from "../start-service.ts";
import { demandPassword } from "./otp-registry.ts";
import { type Registry, startRegistry } from "./registry.ts";

const run = promisify(execFile);
const names = Object.values(release.packages);
const { version } = extension;
const script = (name: string) => join(root, "scripts/release", name);

let tarballs: string;
let registry: Registry;
beforeAll(async () => {
  tarballs = await mkdtemp(join(tmpdir(), "clipcourier-tarballs-"));
  [registry] = await Promise.all([
    startRegistry(),
    run(process.execPath, [script("pack-packages.ts"), tarballs], { cwd: root }),
  ]);
});
afterAll(async () => {
  await registry.stop();
  await rm(tarballs, { recursive: true, force: true });
});

const publish = (...options: string[]) =>
  runNode([script("publish-packages.ts"), tarballs, ...options], registry.env);
const published = (stdout: string) =>
  [...stdout.matchAll(/^Published (\S+)/gm)].map(([, name]) => name);

const ask = (name: string, { url } = registry) => fetch(new URL(name.replace("/", "%2f"), url));

/** What a registry says of a package. */
interface Packument {
  "dist-tags": Record<string, string>;
  versions: Record<
    string,
    { repository: { url: string; directory: string }; dependencies?: Record<string, string> }
  >;
}

async function look(name: string, at = registry): Promise<Packument> {
  return (await (await ask(name, at)).json()) as Packument;
}

// In this order: each stands on what the one before it has published.
describe("the packages", () => {
  test("are packed, each into one tarball", async () => {
    expect(await readdir(tarballs)).toHaveLength(names.length);
  });

  test("are all taken by a dry run, which publishes nothing", async () => {
    const { code, stdout, stderr } = await publish("--dry-run");
    expect([code, stderr]).toEqual([0, ""]);
    expect(published(stdout)).toEqual(names);
    for (const name of names) expect((await ask(name)).status).toBe(404);
  });

  test("are published, what is depended on first", async () => {
    const { code, stdout, stderr } = await publish();
    expect([code, stderr]).toEqual([0, ""]);
    expect(published(stdout)).toEqual(names);
  });

  test("are left out where they are published already", async () => {
    const { code, stdout } = await publish();
    expect(code).toBe(0);
    expect(stdout.trim().split("\n")).toEqual(
      names.map((name) => `npm has ${name} ${version} already.`),
    );
  });

  test.each(Object.entries(release.packages))(
    "%s says where it comes from, and asks for versions that npm has",
    async (folder, name) => {
      const { "dist-tags": tags, versions } = await look(name);
      expect(tags).toEqual({ latest: version });
      const { repository, dependencies = {} } = versions[version] ?? {};
      expect(repository?.directory).toBe(`packages/${folder}`);
      expect(repository?.url).toBe(
        `git+https://github.com/${release.owner}/${release.repository}.git`,
      );
      for (const [dependency, range] of Object.entries(dependencies)) {
        expect(range).not.toContain("workspace:");
        if (names.includes(dependency)) expect(range).toBe(`^${version}`);
      }
    },
  );

  test("are not reserved where they exist, and the next commands are said", async () => {
    const folder = await copyScripts("octo-clips");
    const { code, stdout, stderr } = await reserve(folder);
    expect([code, stderr]).toEqual([0, ""]);
    for (const name of names) {
      expect(stdout).toContain(`${name} exists.`);
      expect(stdout).toContain(`npm trust github ${name} --repo octo-clips/clipcourier `);
    }
  });
});

describe("a name", () => {
  test("is not reserved for the placeholder", async () => {
    const { code, stderr } = await reserve(await copyScripts("OWNER"));
    expect(code).not.toBe(0);
    expect(stderr).toContain("Put the account that holds the repository into release.json first.");
  });

  describe("that npm does not have", () => {
    let empty: Registry;
    beforeEach(async () => {
      empty = await startRegistry();
      onTestFinished(() => empty.stop());
    });

    const reserved = (stdout: string) =>
      [...stdout.matchAll(/Reserved (\S+)\./g)].map(([, name]) => name);

    test("is reserved by an empty version", async () => {
      const { code, stdout } = await reserve(await copyScripts("octo-clips"), empty.env);
      expect([code, reserved(stdout)]).toEqual([0, names]);
      const { versions } = await look("clipcourier", empty);
      expect(Object.keys(versions)).toEqual(["0.0.0"]);
    });

    test("is reserved with a one-time password, which npm asks for at the terminal", async () => {
      const env = await demandPassword(empty, "123456");
      const [program = "", ...args] = reserveOrder(await copyScripts("octo-clips"));
      const line = [process.execPath, program, ...args].map((each) => `'${each}'`).join(" ");
      const child = spawn("script", ["-qec", line, "/dev/null"], { env });
      onTestFinished(() => void child.kill("SIGKILL"));
      let shown = "";
      child.stdout.setEncoding("utf8").on("data", (text: string) => {
        const before = shown.split("Enter OTP:").length;
        shown += text;
        child.stdin.write("123456\r".repeat(shown.split("Enter OTP:").length - before));
      });
      const [code] = await once(child, "close");
      expect([code, reserved(stripVTControlCharacters(shown))]).toEqual([0, names]);
      expect(shown.split("Enter OTP:")).toHaveLength(names.length + 1);
    });

    test("is reserved with a one-time password that is given, and not without", async () => {
      const env = await demandPassword(empty, "123456");
      const folder = await copyScripts("octo-clips");
      const refused = await reserve(folder, env);
      expect([refused.code, reserved(refused.stdout)]).toEqual([1, []]);
      expect(refused.stderr).toContain("code EOTP");
      expect(refused.stderr).toContain("npm publish failed (1): see its lines above.");
      const { code, stdout } = await reserve(folder, env, "--otp=123456");
      expect([code, reserved(stdout)]).toEqual([0, names]);
    });
  });
});

/** The scripts with another account in `release.json`: what a person has who has put theirs there. */
async function copyScripts(owner: string): Promise<string> {
  const { path } = await makeFolder();
  await cp(join(root, "scripts/release"), join(path, "scripts/release"), { recursive: true });
  await writeFile(join(path, "release.json"), JSON.stringify({ ...release, owner }));
  return path;
}

const reserveOrder = (folder: string, ...options: string[]) => [
  join(folder, "scripts/release/reserve-names.ts"),
  ...options,
];

function reserve(folder: string, env = registry.env, ...options: string[]) {
  return runNode(reserveOrder(folder, ...options), env);
}

/** Node's programs in a folder of their own, with nothing but what the registry has. */
async function runIn(cwd: string, program: string, args: string[]) {
  const shell = process.platform === "win32";
  return run(program, args, { cwd, shell, env: { ...registry.env, PATH: registry.env.PATH } });
}

describe("in a new folder, with an empty cache", () => {
  test("what the extension starts is the command line of this version", async () => {
    const { path } = await makeFolder();
    const setting = extension.contributes.configuration.properties["clipcourier.localCommand"];
    const [program = "", ...args] = setting.default;
    const { stdout } = await runIn(path, program, [...args, "--version"]);
    expect(stdout.trim()).toBe(version);
  });

  test("npx clipcourier uploads a file into a folder", async () => {
    const { path } = await makeFolder();
    const video = join(path, "a.mp4");
    await makeVideo({
      path: video,
      container: "mp4",
      seconds: 1,
      width: 320,
      height: 180,
      rate: 10,
    });
    const { stdout } = await runIn(path, "npx", [
      "--yes",
      "clipcourier",
      "upload",
      "--json",
      "a.mp4",
    ]);
    expect(JSON.parse(stdout)).toMatchObject({
      failed: 0,
      clips: [{ outcome: "uploaded", status: "available" }],
    });
  });

  test("core is installed, and taken by JavaScript and by TypeScript", async () => {
    const { path, write } = await makeFolder();
    const { rootUrl, appId, appSecret } = await startTestService();
    const options = JSON.stringify({ rootUrl, appId, appSecret, proxyEnv: {} });
    await write("package.json", '{ "type": "module" }');
    const order = ["install", "--no-audit", "--no-fund", "@clipcourier/core"];
    await runIn(path, "npm", order);
    const program = (types: string) => `
      import { DirectUploadClient${types && ", type UploadResult"} } from "@clipcourier/core";
      const result${types && ": UploadResult"} = await new DirectUploadClient(${options})
        .upload(new TextEncoder().encode("${randomBytes(8).toString("hex")}"));
      console.log(result.outcome, result.clip.status);`;
    await write("upload.js", program(""));
    await write("upload.ts", program("UploadResult"));
    for (const file of ["upload.js", "upload.ts"]) {
      const { stdout, stderr } = await runIn(path, process.execPath, [file]);
      expect([stdout, stderr]).toEqual(["uploaded available\n", ""]);
    }
    const require = createRequire(join(root, "package.json"));
    const tsc = join(dirname(require.resolve("typescript/package.json")), "bin/tsc");
    const types = dirname(dirname(require.resolve("@types/node/package.json")));
    const flags = ["--noEmit", "--strict", "--module", "nodenext", "--target", "es2024"];
    const given = ["--typeRoots", types, "--types", "node", "upload.ts"];
    const { stdout } = await runIn(path, process.execPath, [tsc, ...flags, ...given]).catch(
      (error: { stdout: string }) => error,
    );
    expect(stdout).toBe("");
  });
});
