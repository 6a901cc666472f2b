import { toPrintable } from "@clipcourier/batch";
import { McpServer } from "@modelcontextprotocol/server";
import { StdioServerTransport, serveStdio } from "@modelcontextprotocol/server/stdio";
import { printNote } from "../terminal/output.js";
import type { McpContext } from "./context.js";
import { addListTool } from "./list-tool.js";
import { addMarkdownTool } from "./markdown-tool.js";
import { addShowTool } from "./show-tool.js";
import { dataNotice } from "./texts.js";
import { addUploadTool } from "./upload-tool.js";

/** Serves one client on stdin and stdout, until it closes stdin or the signal is aborted. */
export async function serveClient(context: McpContext, signal: AbortSignal): Promise<void> {
  const transport = new StdioServerTransport();
  const handle = serveStdio(() => createServer(context), {
    transport,
    onerror: ({ message }) => printNote(toPrintable(`clipcourier mcp: ${message}`)),
  });
  const closed = Promise.withResolvers<void>();
  const { onclose } = transport;
  transport.onclose = () => {
    onclose?.();
    closed.resolve();
  };
  signal.addEventListener("abort", () => closed.resolve());
  await closed.promise;
  await handle.close();
}

function createServer(context: McpContext): McpServer {
  const server = new McpServer(
    { name: "clipcourier", title: "Clipcourier", version: context.version },
    { instructions: `Uploads videos as clips that play in the browser. ${dataNotice}` },
  );
  if (!context.isReadOnly) addUploadTool(server, context);
  addShowTool(server, context);
  addListTool(server, context);
  addMarkdownTool(server, context);
  return server;
}
