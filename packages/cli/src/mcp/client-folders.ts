import { realpath } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import {
  CLIENT_CAPABILITIES_META_KEY,
  type InputRequiredResult,
  inputRequired,
  inputResponse,
  type McpServer,
  type ServerContext,
} from "@modelcontextprotocol/server";
import * as v from "valibot";

const key = "roots";

// In revision 2026-07-28 each call says what its client can do.
const tellsRoots = v.object({ [CLIENT_CAPABILITIES_META_KEY]: v.object({ roots: v.object({}) }) });

/** What a call still needs: the folders that are open in the client, where it can tell them. */
export function askForFolders(
  { server }: McpServer,
  { mcpReq }: ServerContext,
): InputRequiredResult | undefined {
  const canTell = v.is(tellsRoots, mcpReq.envelope) || server.getClientCapabilities()?.roots;
  const isAnswered = inputResponse(mcpReq.inputResponses, key).kind !== "missing";
  if (!canTell || isAnswered) return undefined;
  return inputRequired({ inputRequests: { [key]: inputRequired.listRoots() } });
}

/**
 * The real paths of the folders that are open in the client; `undefined` where it has named none. They
 * can only narrow what `--root` allows.
 */
export async function readFolders({ mcpReq }: ServerContext): Promise<string[] | undefined> {
  const answer = inputResponse(mcpReq.inputResponses, key);
  if (answer.kind !== "roots" || answer.roots.length === 0) return undefined;
  const folders = await Promise.all(answer.roots.map(({ uri }) => findFolder(uri)));
  return folders.filter((folder) => folder !== undefined);
}

// An address of another machine leads to no folder of this one.
async function findFolder(uri: string): Promise<string | undefined> {
  try {
    return await realpath(fileURLToPath(uri));
  } catch {
    return undefined;
  }
}
