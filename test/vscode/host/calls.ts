import { runCommand } from "./commands.ts";
import { describeExtension, readApiKeys } from "./extension.ts";
import {
  measureLoading,
  measureMemory,
  startWatchingMainThread,
  stopWatchingMainThread,
} from "./measure.ts";
import { addMemoryFile, countMemoryReads } from "./memory-files.ts";
import { changeSettings } from "./settings.ts";
import { cancelUploads, upload } from "./uploads.ts";

/** What can be called in the extension host. What goes in and comes out is JSON. */
export const calls = {
  ...{ describeExtension, readApiKeys, runCommand, changeSettings },
  ...{ upload, cancelUploads, addMemoryFile, countMemoryReads },
  ...{ measureLoading, measureMemory, startWatchingMainThread, stopWatchingMainThread },
};

export type HostCalls = typeof calls;
