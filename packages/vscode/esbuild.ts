/** Bundles the extension and the service that comes with it, and writes the licences of what is in them. */
import { mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join, sep } from "node:path";
import core from "@clipcourier/core/package.json" with { type: "json" };
import { type BuildOptions, build, type Metafile, type Plugin } from "esbuild";

const folder = import.meta.dirname;
const outfolder = join(folder, "dist");

await rm(outfolder, { recursive: true, force: true });
await mkdir(outfolder);
const options = {
  absWorkingDir: folder,
  bundle: true,
  platform: "node",
  // The oldest Node that the client runs on; the editors that the manifest asks for have it.
  target: `node${/\d+(\.\d+)*/.exec(core.engines.node)?.[0]}`,
  format: "cjs",
  // Becomes `require`, which the editor's extension hosts intercept for their network settings.
  supported: { "dynamic-import": false },
  minify: true,
  metafile: true,
  logLevel: "warning",
} satisfies BuildOptions;

// The HTTP stack has three times the code of the extension. In a file of its own it is read when the
// first request is made, and the editor starts without it.
const httpStack = "./undici.cjs";
const { resolve } = createRequire(import.meta.resolve("@clipcourier/core"));
const service = dirname(
  createRequire(import.meta.resolve("clipcourier")).resolve("@clipcourier/service"),
);
const results = await Promise.all([
  build({
    ...options,
    entryPoints: ["src/extension.ts"],
    outfile: "dist/extension.cjs",
    // The editor provides the first.
    external: ["vscode", httpStack],
    alias: { undici: httpStack },
  }),
  build({ ...options, entryPoints: [resolve("undici")], outfile: join("dist", httpStack) }),
  // A process of its own, which the terminal of Try It Locally runs.
  build({
    ...options,
    entryPoints: ["src/local-service/runner.ts"],
    outfile: "dist/local-service-runner.cjs",
  }),
  buildService(),
]);
await writeFile(
  join(outfolder, "licenses.txt"),
  await collectLicences(results.map(({ metafile }) => metafile)),
);

/**
 * The service of Try It Locally, which finds the programs of its child processes beside itself. It keeps its
 * clips in a folder and shows no metrics, so what only a bucket or metrics need is not in its bundle.
 */
function buildService() {
  return build({
    ...options,
    entryPoints: {
      serve: "src/local-service/packed-service.ts",
      child: join(service, "media", "child.js"),
      "memory-watch": join(service, "media", "memory-watch.js"),
      "try-node-av": join(service, "media", "engine", "try-node-av.js"),
    },
    outdir: "dist/local-service",
    chunkNames: "[name]-[hash]",
    format: "esm",
    splitting: true,
    supported: {},
    external: ["node-av", "prom-client", "./store/s3/index.js"],
    plugins: [shareHttpStack()],
    // What is not a module has `require` calls.
    banner: {
      js: 'import { createRequire } from "node:module"; const require = createRequire(import.meta.url);',
    },
  });
}

/** Node finds no names of exports in the file of the HTTP stack, so it is required. */
function shareHttpStack(): Plugin {
  const file = `.${httpStack}`;
  return {
    name: "share-http-stack",
    setup({ onResolve, onLoad }) {
      onResolve({ filter: /^undici$/ }, () => ({ path: "undici", namespace: "shared" }));
      onResolve({ filter: /undici\.cjs$/ }, () => ({ path: file, external: true }));
      onLoad({ filter: /.*/, namespace: "shared" }, () => ({
        contents: `module.exports = require(${JSON.stringify(file)})`,
      }));
    },
  };
}

async function collectLicences(metafiles: readonly Metafile[]): Promise<string> {
  // esbuild also reads files that are imported and not used; those are in no bundle.
  const bundled = metafiles
    .flatMap(({ outputs }) => Object.values(outputs))
    .flatMap(({ inputs }) => Object.entries(inputs))
    .filter(([, { bytesInOutput }]) => bytesInOutput > 0);
  // A package may hold code of others, in folders with licences of their own.
  const folders = new Map<string, Set<string>>();
  for (const [path] of bundled) {
    const found = findPackage(path);
    if (found === undefined) continue;
    const known = folders.get(found) ?? new Set();
    folders.set(found, known);
    for (let at = dirname(join(folder, path)); at.startsWith(found); at = dirname(at))
      known.add(at);
  }
  const packages = [...folders].sort(([one], [other]) => one.localeCompare(other));
  const texts = packages.map(([path, inside]) => describePackage(path, [...inside].sort()));
  return (await Promise.all(texts)).join("\n----\n\n");
}

/** A package's name and version, and the licences in these folders of it. */
async function describePackage(path: string, folders: readonly string[]): Promise<string> {
  const { name, version } = JSON.parse(await readFile(join(path, "package.json"), "utf8"));
  const texts = await Promise.all(folders.map(readLicence));
  if (texts[0] === undefined) throw new Error(`${name} is bundled, and has no licence file.`);
  return [`${name} ${version}`, ...texts.filter((text) => text !== undefined)].join("\n\n");
}

async function readLicence(path: string): Promise<string | undefined> {
  const file = (await readdir(path)).find((one) => /^licen[cs]e/i.test(one));
  return file && (await readFile(join(path, file), "utf8"));
}

/** The folder of the package that a file comes from; `undefined` for files of this workspace. */
function findPackage(input: string): string | undefined {
  const names = input.split("/");
  const last = names.lastIndexOf("node_modules");
  if (last < 0) return undefined;
  const depth = names[last + 1]?.startsWith("@") ? 3 : 2;
  return join(folder, names.slice(0, last + depth).join(sep));
}
