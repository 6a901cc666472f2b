import { join } from "node:path";
import { cacheFolder, fillCacheFolder } from "./cache-folder.ts";
import { runNpm } from "./run-npm.ts";

/** Versions of Node, from npm. What is newest is moved on by hand, so that nothing changes by itself. */
export const nodeVersions = {
  tooOld: "20.19.6",
  oldest22: "22.19.0",
  newest22: "22.23.3",
  oldest24: "24.3.0",
  newest24: "24.21.0",
  newest: "26.10.0",
};

/** The path of a Node of exactly this version: from the cache folder, else from npm. */
export async function provideNode(version: string): Promise<string> {
  if (version === process.versions.node) return process.execPath;
  const folder = cacheFolder("node", version);
  await fillCacheFolder(folder, (draft) =>
    runNpm(draft, ["install", "--no-audit", "--no-fund", `node@${version}`]),
  );
  const name = process.platform === "win32" ? "node.exe" : "node";
  return join(folder, "node_modules", "node", "bin", name);
}
