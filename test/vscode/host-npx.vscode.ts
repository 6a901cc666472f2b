import { describe, expect, test } from "vitest";
import { startFrontedService } from "./fronted-service.ts";
import { useLocalHost } from "./local-host.ts";
import { startNpmRegistry } from "./npm-registry.ts";

// Not as in the manifest: else a command line that is installed would come first.
const command = ["npx", "-y", "clipcourier@0.1"];

describe("npx installs the command line without its install scripts", async () => {
  const registry = await startNpmRegistry();
  const { host, tryLocally, waitUntilConnected } = useLocalHost({
    variables: registry.variables,
    showsDialogs: true,
  });

  test("for the MCP server, which is given the secret", async () => {
    await host.call("changeSettings", { "clipcourier.localCommand": command });
    await host.connect(await startFrontedService());
    const listTools = async () => {
      await host.call("startMcpServer", "clipcourier.clipcourier-vscode/Clipcourier");
      return host.call("listTools", "mcp_");
    };
    await expect.poll(listTools).not.toEqual([]);
    expect([...registry.downloads].sort()).toEqual(["@modelcontextprotocol/server", "clipcourier"]);
    expect(await registry.hasRunScript()).toBe(false);
  });

  test("for Try It Locally, whose service ends with its terminal", async () => {
    await tryLocally(command);
    await waitUntilConnected();
    expect(registry.downloads).toContain("clipcourier");
    expect(await registry.hasRunScript()).toBe(false);
  });
});
