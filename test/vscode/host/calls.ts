import { runCommand } from "./commands.ts";
import { describeExtension, listLoadedFiles, readApiKeys } from "./extension.ts";
import {
  measureLoading,
  measureMemory,
  startWatchingMainThread,
  stopWatchingMainThread,
} from "./measure.ts";
import { addMemoryFile, countMemoryReads } from "./memory-files.ts";
import { changeSettings, readSettings } from "./settings.ts";
import { closeTerminals, listTerminals } from "./terminals.ts";
import { cancelTools, invokeTool, listTools, startMcpServer } from "./tools.ts";
import { cancelUploads, upload } from "./uploads.ts";

/** The functions that can be called in the extension host. Arguments and results are JSON. */
export const calls = {
  ...{ describeExtension, readApiKeys, listLoadedFiles, runCommand, changeSettings, readSettings },
  ...{ upload, cancelUploads, addMemoryFile, countMemoryReads },
  ...{ listTools, invokeTool, cancelTools, startMcpServer },
  ...{ listTerminals, closeTerminals },
  ...{ measureLoading, measureMemory, startWatchingMainThread, stopWatchingMainThread },
};

export type HostCalls = typeof calls;
