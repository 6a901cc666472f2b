import { runCommand } from "./commands.ts";
import { describeExtension, listLoadedFiles, readApiKeys } from "./extension.ts";
import {
  measureLoading,
  measureMemory,
  startWatchingMainThread,
  stopWatchingMainThread,
} from "./measure.ts";
import { addMemoryFile, countMemoryReads } from "./memory-files.ts";
import { changeSettings } from "./settings.ts";
import { cancelUploads, upload } from "./uploads.ts";

/** The functions that can be called in the extension host. Arguments and results are JSON. */
export const calls = {
  ...{ describeExtension, readApiKeys, listLoadedFiles, runCommand, changeSettings },
  ...{ upload, cancelUploads, addMemoryFile, countMemoryReads },
  ...{ measureLoading, measureMemory, startWatchingMainThread, stopWatchingMainThread },
};

export type HostCalls = typeof calls;
