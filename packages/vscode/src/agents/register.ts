import {
  type Disposable,
  EventEmitter,
  lm,
  type McpStdioServerDefinition,
  workspace,
} from "vscode";
import type { AgentsContext } from "./context.js";
import { registerEach } from "./register-each.js";

/**
 * Registers what coding agents use, as far as the editor has it: not every editor that is built from
 * VS Code does. Its code is loaded when an agent uses it.
 */
export function registerForAgents(context: AgentsContext): Disposable[] {
  const changed = new EventEmitter<void>();
  const fire = () => changed.fire();
  const registrations = {
    "the upload tool": () => registerTool(context),
    "the MCP server": () => registerServer(context, changed),
  };
  return [
    changed,
    context.services.onDidChange(fire),
    workspace.onDidGrantWorkspaceTrust(fire),
    workspace.onDidChangeWorkspaceFolders(fire),
    workspace.onDidChangeConfiguration((event) => {
      if (event.affectsConfiguration("clipcourier.localCommand")) fire();
    }),
    ...registerEach(registrations, (name, error) => {
      context.log.warn(`This editor does not take ${name} for coding agents: ${String(error)}`);
    }),
  ];
}

function registerTool(context: AgentsContext): Disposable {
  return lm.registerTool("clipcourier_upload", {
    prepareInvocation: async ({ input }) =>
      (await import("./upload-tool.js")).prepare(context, input),
    invoke: async ({ input }, token) =>
      (await import("./upload-tool.js")).invoke(context, input, token),
  });
}

function registerServer(context: AgentsContext, changed: EventEmitter<void>): Disposable {
  return lm.registerMcpServerDefinitionProvider("clipcourier.mcp", {
    onDidChangeMcpServerDefinitions: changed.event,
    provideMcpServerDefinitions: async () =>
      (await import("./mcp-server.js")).describeServers(context),
    resolveMcpServerDefinition: async (server: McpStdioServerDefinition) =>
      (await import("./mcp-server.js")).resolveServer(context, server),
  });
}
