export { type Duration, formatCount, formatDuration, splitDuration, toPercent } from "./amounts.js";
export {
  BatchMeter,
  type BatchPhase,
  type BatchView,
  type FileEnd,
  type FinishedFile,
} from "./batch-meter.js";
export {
  describeBatch,
  describeBatchShare,
  describePlaying,
  describeRetry,
  listBatchFacts,
  measureShare,
} from "./describe.js";
export {
  type FindOptions,
  type FoundFile,
  type FoundFiles,
  findFiles,
  toSource,
} from "./find-files.js";
export {
  breakCommands,
  breakCommandsInJson,
  toPrintable,
  toPrintableLines,
} from "./printable.js";
export { addLink, describePrivacy, linkTimeForm, parseLinkTime } from "./private-links.js";
export { findSharedReason } from "./shared-reason.js";
export { readStorageHosts } from "./storage-hosts.js";
export {
  type ClipRecord,
  countOutcome,
  type ErrorRecord,
  toClipRecord,
  toErrorRecord,
  toKnownRecord,
  toSkippedRecord,
  toUploadRecord,
  type UploadRecord,
  uploadRecord,
} from "./upload-record.js";
