import type PQueue from "p-queue";
import type { Connection } from "../commands/connect.js";
import type { FileRules } from "./open-video.js";

/** What the tools work with. */
export interface McpContext {
  connection: Connection;
  files: FileRules;
  /** Uploads beyond its concurrency wait for their turn. */
  uploads: PQueue;
  /** Whether no tool is offered that changes anything. */
  isReadOnly: boolean;
  version: string;
}

/**
 * The retries of a call that a tool makes. Clients end a call after a minute by themselves, and would
 * then not be told what is wrong.
 */
export const toolRetry = { outage: 20_000 };
