export type { CallOptions } from "./api.js";
export type { Credentials, UserCredentials } from "./authorization.js";
export { type ClientOptions, DirectUploadClient, type UploadRequest } from "./client.js";
export type {
  Clip,
  ClipPage,
  ClipStatus,
  PartUrl,
  Session,
  UploadedPart,
  UploadPlan,
} from "./clip.js";
export type { Dispatcher } from "./dispatcher-transport.js";
export {
  DirectUploadError,
  type DirectUploadErrorCode,
  isDirectUploadError,
} from "./errors.js";
export type { FetchFunction } from "./fetch-transport.js";
export { formatBytes } from "./format-bytes.js";
export type { GetIdToken } from "./id-token.js";
export { getMediaType } from "./media-type.js";
export {
  createSpeedometer,
  type Speed,
  type UploadPhase,
  type UploadProgress,
} from "./progress.js";
export type { RetryEvent, RetryOptions } from "./retry.js";
export type { ReadableSource, UploadSource } from "./source.js";
export type { Transport, TransportAnswer, TransportRequest } from "./transport.js";
export type { TransportOptions } from "./transport-options.js";
export type { UploadResult } from "./upload.js";
export type { BatchProgress, UploadAllOptions, UploadOutcome } from "./upload-all.js";
export type { UploadOptions } from "./upload-options.js";
export type { WaitOptions } from "./wait.js";
