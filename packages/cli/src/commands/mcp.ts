import { UsageError } from "@clipcourier/batch";
import PQueue from "p-queue";
import { openFolders } from "../mcp/folders.js";
import type { ServiceFlags } from "../settings/settings.js";
import { type ExitCode, exitCode } from "../terminal/exit-code.js";
import { listenForInterrupt } from "../terminal/interrupt.js";
import { printNote } from "../terminal/output.js";
import { connect } from "./connect.js";

export interface McpFlags extends ServiceFlags {
  root?: string[];
  includeHiddenFiles?: boolean;
  /** Bytes. */
  maxSize: number;
  readOnly?: boolean;
}

const uploadsAtOnce = 4;

/** `clipcourier mcp`. Nothing but messages of the protocol is printed on stdout. */
export async function mcp(flags: McpFlags, version: string): Promise<ExitCode> {
  const serveClient = await loadServer();
  const { includeHiddenFiles = false, maxSize, readOnly = false } = flags;
  const folders = await openFolders(flags.root);
  using interrupt = listenForInterrupt();
  await using connection = await connect(flags, { onNotice: printNote, mayCreate: !readOnly });
  const context = {
    ...{ connection, version, isReadOnly: readOnly },
    files: { folders, includeHiddenFiles, maxSize },
    uploads: new PQueue({ concurrency: uploadsAtOnce }),
  };
  await serveClient(context, interrupt.signal);
  return interrupt.exitCode ?? exitCode.done;
}

// The SDK would nearly double what an installation takes, for one command of many.
async function loadServer() {
  try {
    return (await import("../mcp/serve-stdio.js")).serveClient;
  } catch (error) {
    const isMissing =
      error instanceof Error &&
      "code" in error &&
      error.code === "ERR_MODULE_NOT_FOUND" &&
      error.message.includes("@modelcontextprotocol/");
    if (isMissing) throw new UsageError(missingPackage);
    throw error;
  }
}

const missingPackage = `clipcourier mcp needs the package @modelcontextprotocol/server, which is not installed with clipcourier. Install both in one place:
  npm install clipcourier @modelcontextprotocol/server
or let npx do it at each start:
  npx -y -p clipcourier -p @modelcontextprotocol/server clipcourier mcp`;
