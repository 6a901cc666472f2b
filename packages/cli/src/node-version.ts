import { readFileSync } from "node:fs";
import { satisfies } from "semver";

const manifest = readFileSync(new URL("../package.json", import.meta.url), "utf8");
const { engines }: { engines: { node: string } } = JSON.parse(manifest);

/** The message for a Node.js that `engines` does not admit; `undefined` for one that it does. */
export function describeWrongNode(version: string): string | undefined {
  if (satisfies(version, engines.node, { includePrerelease: true })) return undefined;
  return (
    `clipcourier does not run on Node.js ${version}, only on ${engines.node}. ` +
    "Install the newest one (https://nodejs.org) and run the command again."
  );
}
