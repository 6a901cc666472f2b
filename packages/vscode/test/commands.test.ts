import { expect, test } from "vitest";
import { sdk, toMcpCommand } from "../src/agents/mcp-command.js";
import { chooseCommand, defaultCommand } from "../src/services/choose-command.js";
import { manifest, readJson } from "./manifest.js";

const { default: ofManifest } = manifest.contributes.configuration.properties[
  "clipcourier.localCommand"
] ?? { default: undefined };

test("the default is that of the manifest", () => {
  expect(defaultCommand).toEqual(ofManifest);
});

test.each([[[]], [undefined], ["npx"], [[""]], [[7]], [null]])(
  "a setting of %j counts as the default",
  (given) => {
    expect(chooseCommand(given)).toEqual(defaultCommand);
  },
);

test("a program of the person's own is used as it is", () => {
  expect(chooseCommand(["/usr/bin/clipcourier"])).toEqual(["/usr/bin/clipcourier"]);
  const own = ["node", "bin.js"] as const;
  expect(toMcpCommand(own, ["/a", "/b"])).toEqual([
    ...["node", "bin.js", "mcp", "--root", "/a", "--root", "/b"],
  ]);
});

test("npx is told of the package that is missing, in the range of the command line", async () => {
  const { peerDependencies } = await readJson<{ peerDependencies: Record<string, string> }>(
    "../cli/package.json",
  );
  const name = "@modelcontextprotocol/server";
  expect(sdk).toBe(`${name}@${peerDependencies[name]}`);
  expect(toMcpCommand(defaultCommand, ["/a"])).toEqual([
    ...["npx", "--yes", "-p", defaultCommand[2] ?? "", "-p", sdk, "clipcourier"],
    ...["mcp", "--root", "/a"],
  ]);
});
