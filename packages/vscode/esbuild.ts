/** Bundles the extension into one file, and writes the licences of what is in it to another. */
import { existsSync } from "node:fs";
import { mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { join, sep } from "node:path";
import { build, type Metafile } from "esbuild";

const folder = import.meta.dirname;
const outfolder = join(folder, "dist");

await rm(outfolder, { recursive: true, force: true });
await mkdir(outfolder);
const { metafile } = await build({
  absWorkingDir: folder,
  entryPoints: ["src/extension.ts"],
  outfile: "dist/extension.cjs",
  bundle: true,
  // The editor provides this module.
  external: ["vscode"],
  platform: "node",
  target: "node22",
  format: "cjs",
  minify: true,
  metafile: true,
  logLevel: "warning",
});
await writeFile(join(outfolder, "licenses.txt"), await collectLicences(metafile));

async function collectLicences({ outputs }: Metafile): Promise<string> {
  // esbuild also reads files that are imported and not used; those are not in the bundle.
  const bundled = Object.values(outputs)
    .flatMap(({ inputs }) => Object.entries(inputs))
    .filter(([, { bytesInOutput }]) => bytesInOutput > 0);
  const packages = new Set(bundled.flatMap(([path]) => findPackage(path) ?? []));
  const texts = [...packages].sort().map(async (path) => {
    const { name, version } = JSON.parse(await readFile(join(path, "package.json"), "utf8"));
    const file = (await readdir(path)).find((one) => /^licen[cs]e/i.test(one));
    if (file === undefined) throw new Error(`${name} is bundled, and has no licence file.`);
    return `${name} ${version}\n\n${await readFile(join(path, file), "utf8")}`;
  });
  return (await Promise.all(texts)).join("\n----\n\n");
}

/** The folder of the package that a file comes from; `undefined` for files of this workspace. */
function findPackage(input: string): string | undefined {
  const names = input.split("/");
  const last = names.lastIndexOf("node_modules");
  if (last < 0) return undefined;
  const depth = names[last + 1]?.startsWith("@") ? 3 : 2;
  const path = join(folder, names.slice(0, last + depth).join(sep));
  return existsSync(path) ? path : undefined;
}
