export { type Duration, formatCount, formatDuration, splitDuration, toPercent } from "./amounts.js";
export { BatchMeter, type BatchPhase, type BatchView, type FinishedFile } from "./batch-meter.js";
export { describeBatch, describeRetry } from "./describe.js";
export { type FindOptions, type FoundFile, type FoundFiles, findFiles } from "./find-files.js";
export { toPrintable, toPrintableLines } from "./printable.js";
export {
  type ClipRecord,
  countOutcome,
  type ErrorRecord,
  toClipRecord,
  toErrorRecord,
  toSkippedRecord,
  toUploadRecord,
  type UploadRecord,
  uploadRecord,
} from "./upload-record.js";
