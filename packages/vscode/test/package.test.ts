import { mkdtemp, readFile, rm, stat } from "node:fs/promises";
import { isBuiltin } from "node:module";
import { tmpdir } from "node:os";
import path from "node:path";
import { createVSIX } from "@vscode/vsce";
import { beforeAll, expect, test } from "vitest";
import { folder, type Manifest, manifest } from "./manifest.js";
import { readZip } from "./zip.js";

/** What is loaded when the extension is activated, and what with the first request. */
const extension = "extension/dist/extension.cjs";
const runner = "extension/dist/local-service-runner.cjs";
const bundles = [extension, "extension/dist/undici.cjs"];
/** The service of Try It Locally: its entries, and what they share under names that follow the content. */
const service = "extension/dist/local-service/";
const serviceEntries = ["child.js", "memory-watch.js", "serve.js", "try-node-av.js"];

let size = 0;
let files: Map<string, Buffer>;

beforeAll(async () => {
  const temporary = await mkdtemp(path.join(tmpdir(), "clipcourier-vsix-"));
  try {
    const packagePath = path.join(temporary, "clipcourier.vsix");
    await createVSIX({ cwd: folder, dependencies: false, packagePath });
    const archive = await readFile(packagePath);
    size = archive.byteLength;
    files = readZip(archive);
  } finally {
    await rm(temporary, { recursive: true, force: true });
  }
});

function readText(name: string): string {
  const content = files.get(name);
  if (content === undefined) throw new Error(`the package has no ${name}`);
  return content.toString("utf8");
}

test("nothing is in it but what must be", () => {
  const rest = [...files.keys()].filter((name) => !name.startsWith(service));
  expect(rest.sort()).toEqual([
    "[Content_Types].xml",
    "extension.vsixmanifest",
    "extension/LICENSE.txt",
    "extension/changelog.md",
    "extension/dist/extension.cjs",
    "extension/dist/licenses.txt",
    runner,
    "extension/dist/undici.cjs",
    "extension/l10n/bundle.l10n.de.json",
    "extension/l10n/bundle.l10n.ja.json",
    "extension/media/clip.svg",
    "extension/media/connect.svg",
    "extension/media/icon.png",
    "extension/media/share.svg",
    "extension/media/tab-dark.svg",
    "extension/media/tab-light.svg",
    "extension/media/upload.svg",
    "extension/package.json",
    "extension/package.nls.de.json",
    "extension/package.nls.ja.json",
    "extension/package.nls.json",
    "extension/readme.md",
  ]);
});

function listService(): string[] {
  return [...files.keys()].filter((name) => name.startsWith(service));
}

test("the service is in it, with the programs of its processes and nothing that needs a bucket", () => {
  const names = listService().map((name) => name.slice(service.length));
  expect(names).toEqual(expect.arrayContaining(serviceEntries));
  for (const name of listService()) expect(readText(name)).not.toContain("@aws-sdk");
});

test("the code that every window loads is small, and the package too", () => {
  const sizes = bundles.map((name) => files.get(name)?.byteLength ?? 0);
  const served = listService().reduce((sum, name) => sum + (files.get(name)?.byteLength ?? 0), 0);
  console.log(
    `bundles ${sizes.join(" and ")} bytes, service ${served} bytes, package ${size} bytes`,
  );
  for (const one of sizes) expect(one).toBeGreaterThan(10_000);
  expect(sizes[0]).toBeLessThan(400 * 1024);
  expect(sizes[1]).toBeLessThan(1_000_000);
  expect(served).toBeGreaterThan(100_000);
  expect(served).toBeLessThan(720 * 1024);
  expect(size).toBeLessThan(640 * 1024);
});

test.each([...bundles, "extension/dist/licenses.txt"])(
  "%s has nothing of node-av in it",
  (name) => {
    // Its binary is under the GPL, and whoever passes it on has to keep those terms.
    expect(readText(name)).not.toContain("node-av");
  },
);

test("the service stands alone, but for the HTTP stack", () => {
  for (const name of listService()) {
    const code = readText(name);
    expect(code).not.toContain("sourceMappingURL");
    expect(code).not.toContain(path.resolve(folder, "../.."));
    const imported = code.matchAll(/\b(?:from|import)\s*\(?"([\w./@:-]+)"/g);
    const outside = [...imported]
      .map(([, module = ""]) => module)
      .filter((module) => !isBuiltin(module))
      .filter((module) => !files.has(path.posix.join(service, module)));
    // None of these is reached on a folder without metrics, on a machine without node-av.
    const unreached = /^(\.\/store\/s3\/index\.js|node-av\/\w+|prom-client)$/;
    expect(outside.filter((module) => !unreached.test(module))).toEqual([]);
  }
});

test.each([...bundles, runner])(
  "%s stands alone: nothing to install, no folder of this machine",
  (name) => {
    const bundle = readText(name);
    expect(bundle).not.toContain("sourceMappingURL");
    expect(bundle).not.toContain(path.resolve(folder, "../.."));
    const required = [...bundle.matchAll(/\brequire\(\s*["']([^"']+)["']\s*\)/g)].map(
      ([, module = ""]) => module,
    );
    const outside = required.filter((module) => !isBuiltin(module));
    const allowed = name === extension ? ["./undici.cjs", "vscode"] : [];
    expect([...new Set(outside)].sort()).toEqual(allowed);
  },
);

test("the licences of what is bundled are in it", () => {
  const licences = readText("extension/dist/licenses.txt");
  for (const name of ["undici", "valibot", "which", "hono", "jose", "pino"])
    expect(licences).toMatch(new RegExp(`^${name} \\d`, "m"));
  // undici holds code of others.
  const ofUndici = licences.split("\n----\n").find((text) => /^undici \d/m.test(text));
  expect(ofUndici?.match(/^Copyright/gm)).toHaveLength(3);
  expect(licences).toContain("Permission is hereby granted, free of charge");
  expect(readText("extension/LICENSE.txt")).toContain("MIT License");
});

test("the links of its README lead to where its files are in the repository", async () => {
  const source = await readFile(path.join(folder, "README.md"), "utf8");
  const before = readLinks(source);
  const after = readLinks(readText("extension/readme.md"));
  const images = after.filter(({ isImage }) => isImage).map(({ target }) => target);
  expect(images.map((one) => path.posix.basename(one))).toEqual([
    "menu.png",
    "summary.png",
    "clips.png",
  ]);
  for (const [index, { target, isImage }] of before.entries()) {
    await expect(stat(path.join(folder, target)), target).resolves.toBeDefined();
    const kind = isImage ? "raw" : "blob";
    const wanted = new URL(target, `${manifest.repository.url}/${kind}/HEAD/packages/vscode/`);
    expect(URL.parse(after[index]?.target ?? "")?.href).toBe(wanted.href);
  }
});

interface Link {
  isImage: boolean;
  target: string;
}

function readLinks(markdown: string): Link[] {
  return [...markdown.matchAll(/(!?)\[[^\]]*\]\(([^)#]+)\)/g)].map(([, sign, target]) => ({
    isImage: sign === "!",
    target: target ?? "",
  }));
}

test("the icon is a square PNG of at least 128 pixels", () => {
  const icon = files.get("extension/media/icon.png") ?? Buffer.alloc(24);
  expect(icon.toString("latin1", 1, 4)).toBe("PNG");
  const [width, height] = [icon.readUInt32BE(16), icon.readUInt32BE(20)];
  expect(width).toBe(height);
  expect(width).toBeGreaterThanOrEqual(128);
});

test("the packaged manifest is the one that the other tests look at", () => {
  const packaged: Manifest = JSON.parse(readText("extension/package.json"));
  expect(packaged.main).toBe("./dist/extension.cjs");
  expect(packaged.activationEvents).not.toContain("*");
  expect(readText("extension.vsixmanifest")).toContain('Publisher="clipcourier"');
});
