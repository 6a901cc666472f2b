#!/usr/bin/env node
import { describeWrongNode } from "./node-version.js";

// An old Node.js cannot load what main.ts imports, so the version is checked before.
const complaint = describeWrongNode(process.versions.node);
if (complaint === undefined) {
  const { main } = await import("./main.js");
  process.exitCode = await main(process.argv.slice(2));
} else {
  process.stderr.write(`${complaint}\n`);
  process.exitCode = 2;
}
