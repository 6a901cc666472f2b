import { shareEditorConfig } from "./share-config.ts";

// Not all files: what depends on the editor's version is what the extension asks of it and of its
// Node, with the windows that this needs. What the editor's own `fetch` knows is another matter.
export default shareEditorConfig("vscode-oldest", "oldest", [
  ...["host.vscode.ts", "host-network.vscode.ts", "activation.vscode.ts"],
  ...["host-settings.vscode.ts", "host-agents.vscode.ts", "host-mcp.vscode.ts"],
]);
