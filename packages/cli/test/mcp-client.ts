import path from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import {
  type CallToolRequestOptions,
  type CallToolResult,
  Client,
} from "@modelcontextprotocol/client";
import { StdioClientTransport } from "@modelcontextprotocol/client/stdio";
import { onTestFinished } from "vitest";
import { makeFolder } from "./run-cli.js";

const bin = fileURLToPath(new URL("../dist/bin.js", import.meta.url));

export interface McpOptions {
  /** The working folder of the server. Default: a new one. */
  cwd?: string;
  /** How the service is found. */
  env: Record<string, string>;
  args?: readonly string[];
  /** The folders that are open in the client. Default: it cannot tell any. */
  openFolders?: readonly string[];
  /** Whether the client speaks revision 2026-07-28. Default `false`. */
  isModern?: boolean;
}

/** A client of the SDK, and the real `clipcourier mcp` that it has started. */
export interface TestedMcp {
  client: Client;
  cwd: string;
  /** What the server has printed on stderr. */
  stderr(): string;
  call(
    name: string,
    args?: Record<string, unknown>,
    options?: CallToolRequestOptions,
  ): Promise<CallToolResult>;
  upload(args: Record<string, unknown>): Promise<CallToolResult>;
}

export async function startMcp(options: McpOptions): Promise<TestedMcp> {
  const { args = [], openFolders, isModern = false, cwd = await makeFolder() } = options;
  const transport = new StdioClientTransport({
    command: process.execPath,
    args: [bin, "mcp", ...args],
    cwd,
    env: { ...(await homeEnv()), ...options.env },
    stderr: "pipe",
  });
  let stderr = "";
  transport.stderr?.on("data", (bytes) => {
    stderr += String(bytes);
  });
  const client = new Client(
    { name: "test", version: "1.0.0" },
    {
      capabilities: openFolders ? { roots: {} } : {},
      versionNegotiation: { mode: isModern ? "auto" : "legacy" },
    },
  );
  if (openFolders) {
    const roots = openFolders.map((folder) => ({ uri: pathToFileURL(folder).href }));
    client.setRequestHandler("roots/list", () => ({ roots }));
  }
  onTestFinished(() => client.close());
  await client.connect(transport);
  const call: TestedMcp["call"] = (name, given = {}, how = {}) =>
    client.callTool({ name, arguments: given }, how);
  return {
    ...{ client, cwd, call, stderr: () => stderr },
    upload: (given) => call("upload_video", given),
  };
}

/** Variables with which nothing of this machine's settings is found. */
export async function homeEnv(): Promise<Record<string, string>> {
  const home = await makeFolder();
  const config = path.join(home, "config");
  return {
    ...{ PATH: process.env.PATH ?? "", HOME: home, APPDATA: config, XDG_CONFIG_HOME: config },
    ...(process.env.SystemRoot !== undefined && { SystemRoot: process.env.SystemRoot }),
  };
}

/** The texts of a result, one after the other. */
export function textOf({ content }: CallToolResult): string {
  return content.map((block) => (block.type === "text" ? block.text : "")).join("\n");
}
