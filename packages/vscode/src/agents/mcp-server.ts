import { mkdir } from "node:fs/promises";
import { type LogOutputChannel, l10n, McpStdioServerDefinition, Uri, workspace } from "vscode";
import { startVariables } from "../services/choose-command.js";
import { readLocalCommand } from "../services/local-command.js";
import { readNetwork, readStorageHosts } from "../services/network.js";
import { Refusal } from "../texts/describe-error.js";
import type { AgentsContext } from "./context.js";
import { toMcpCommand } from "./mcp-command.js";

/**
 * `clipcourier mcp` for the active service and the folders of the workspace, without its secret. None
 * in Restricted Mode, without a service, and where no folder is on a disk.
 */
export function describeServers({ services }: AgentsContext): McpStdioServerDefinition[] {
  const { active } = services;
  const folders = (workspace.workspaceFolders ?? []).filter(({ uri }) => uri.scheme === "file");
  if (!workspace.isTrusted || active === undefined || folders.length === 0) return [];
  const [program, ...args] = toMcpCommand(
    readLocalCommand(),
    folders.map(({ uri }) => uri.fsPath),
  );
  // Where the service changes, so does this, and the editor starts the server anew.
  const env = { CLIPCOURIER_API_URL: active.rootUrl, CLIPCOURIER_APP_ID: active.appId };
  return [new McpStdioServerDefinition("Clipcourier", program, args, env)];
}

/** The same with what it needs to start: the secret, in its environment, and the editor's network. */
export async function resolveServer(
  { services, log, storage }: AgentsContext,
  server: McpStdioServerDefinition,
): Promise<McpStdioServerDefinition | undefined> {
  const { active } = services;
  const { CLIPCOURIER_API_URL: rootUrl, CLIPCOURIER_APP_ID: appId } = server.env;
  if (!workspace.isTrusted || active === undefined) return undefined;
  // Another service may have become the active one meanwhile.
  if (active.rootUrl !== rootUrl || active.appId !== appId) return undefined;
  const secret = await services.readSecret(active);
  if (secret === undefined) {
    throw new Refusal(l10n.t("The secret of {0} is gone. Connect to it again.", active.label));
  }
  const { allowedStorageHosts: hosts } = readStorageHosts();
  const env = {
    ...server.env,
    ...(await describeNetwork(log)),
    ...(hosts && { CLIPCOURIER_STORAGE_HOSTS: hosts.join(",") }),
    ...startVariables,
    CLIPCOURIER_APP_SECRET: secret,
    // Other keys would count instead, or be refused beside these.
    ...{ CLIPCOURIER_ACCESS_KEY: null, CLIPCOURIER_ACCESS_TOKEN: null, CLIPCOURIER_ID_TOKEN: null },
  };
  // Not the given one, which the editor keeps.
  const resolved = new McpStdioServerDefinition(server.label, server.command, server.args, env);
  // Outside of the workspace, because npx would find the packages of the workspace first.
  await mkdir(storage, { recursive: true });
  resolved.cwd = Uri.file(storage);
  return resolved;
}

/** The editor's proxies and certificates, as variables that the command line and npx read. */
async function describeNetwork(log: LogOutputChannel): Promise<McpStdioServerDefinition["env"]> {
  // Only the variables are wanted here, not the certificates themselves.
  const { proxyEnv } = await readNetwork("http:", log);
  if (proxyEnv === undefined) return {};
  const { https_proxy, http_proxy, all_proxy, no_proxy } = proxyEnv;
  const proxies = {
    // npm does not know the variable for all of them.
    https_proxy: https_proxy ?? all_proxy,
    http_proxy: http_proxy ?? all_proxy,
    ...{ all_proxy, no_proxy },
  };
  const lower = Object.entries(proxies).map(([name, value]) => [name, value ?? null]);
  // On Windows it is the same variable.
  const isOther = process.platform !== "win32";
  const upper = isOther ? Object.keys(proxies).map((name) => [name.toUpperCase(), null]) : [];
  const usesSystem = workspace.getConfiguration("http").get("systemCertificates") !== false;
  return {
    ...Object.fromEntries([...lower, ...upper]),
    ...(usesSystem && { NODE_USE_SYSTEM_CA: 1 }),
  };
}
