#!/usr/bin/env node
import { describeOldNode } from "./node-version.js";

// What main.ts imports does not even load in an old Node.js, so it is imported afterwards.
const complaint = describeOldNode(process.versions.node);
if (complaint === undefined) {
  const { main } = await import("./main.js");
  process.exitCode = await main(process.argv.slice(2));
} else {
  process.stderr.write(`${complaint}\n`);
  process.exitCode = 2;
}
