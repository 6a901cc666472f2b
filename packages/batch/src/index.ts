export { type Duration, formatCount, formatDuration, splitDuration, toPercent } from "./amounts.js";
export {
  BatchMeter,
  type BatchPhase,
  type BatchView,
  type FileEnd,
  type FinishedFile,
} from "./batch-meter.js";
export {
  addChapters,
  type BesideOptions,
  type ChaptersOfFile,
  noChaptersKnown,
  readChapters,
  readChaptersBeside,
} from "./chapters.js";
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
export { ignoreBoxForm, mostIgnoreBoxes, parseIgnoreBox } from "./ignore-box.js";
export {
  breakCommands,
  breakCommandsInJson,
  toPrintable,
  toPrintableLines,
} from "./printable.js";
export { addLink, describePrivacy, linkTimeForm, parseLinkTime } from "./private-links.js";
export { chooseCredentials } from "./settings/credentials.js";
export {
  describeMissing,
  type FoundSettings,
  findSettings,
  type Layer,
  readVariables,
  type ServiceKey,
  type Setting,
  type SettingPlaces,
  serviceKeys,
  serviceVariables,
} from "./settings/found-settings.js";
export { findIdToken, type IdTokenFlags, type IdTokenSource } from "./settings/id-token.js";
export { UsageError } from "./settings/usage-error.js";
export { findSharedReason } from "./shared-reason.js";
export { readStorageHosts } from "./storage-hosts.js";
export {
  type ClipRecord,
  countOutcome,
  type ErrorRecord,
  isPhoto,
  toClipRecord,
  toErrorRecord,
  toKnownRecord,
  toSkippedRecord,
  toUploadRecord,
  type UploadRecord,
  uploadRecord,
} from "./upload-record.js";
