export { nameFile, toSafeName } from "./file-name.js";
export { type ReadOptions, type RecordingOptions, readRecordingOptions } from "./options.js";
export { type RecordedClip, RecordedRun, type RunOutcome } from "./recorded-run.js";
export { say } from "./terminal.js";
export type { QueuedFile } from "./upload-queue.js";
