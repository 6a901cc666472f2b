import { expect, test } from "vitest";
import { useExtensionHost } from "./extension-host.ts";
import { startFrontedService } from "./fronted-service.ts";
import { addFile } from "./workspace.ts";

const host = useExtensionHost({
  asksForTrust: true,
  settings: { "security.workspace.trust.startupPrompt": "never" },
});

test("in Restricted Mode programs upload nothing, and no MCP server is offered", async () => {
  const service = await startFrontedService();
  await host.connect(service);
  await addFile(host.folder, "a.mp4", {});
  const answer = host.call("invokeTool", "clipcourier_upload", { paths: ["a.mp4"] });
  await expect(answer).rejects.toThrow("In Restricted Mode programs upload nothing.");
  expect(await service.listNames()).toEqual([]);
  await host.call("startMcpServer", "clipcourier.clipcourier-vscode/Clipcourier");
  expect(await host.call("listTools", "mcp_")).toEqual([]);
});
