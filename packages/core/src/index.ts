export { DirectUploadClient } from "./client.js";
export type { ClientOptions } from "./client-options.js";
export type { Asset, Chapter, Clip, ClipLink, ClipRun, ClipStatus } from "./clip.js";
export {
  DirectUploadError,
  type DirectUploadErrorCode,
  type FailedUpload,
  isDirectUploadError,
} from "./errors.js";
export { formatBytes } from "./format-bytes.js";
export { formatShare } from "./format-share.js";
export type { FetchFunction } from "./http/fetch-transport.js";
export { describeNetworkFailure } from "./http/network-failure.js";
export type { RetryEvent, RetryOptions } from "./http/retry-options.js";
export {
  collectBody,
  type StreamedBody,
  type Transport,
  type TransportAnswer,
  type TransportRequest,
} from "./http/transport.js";
export { createTransport, type TransportOptions } from "./http/transport-options.js";
export type { Dispatcher, DispatcherRequest } from "./http/undici-request.js";
export { createUndiciTransport, type UndiciTransportOptions } from "./http/undici-transport.js";
export {
  createSpeedometer,
  type Speed,
  type UploadPhase,
  type UploadProgress,
} from "./progress.js";
export type {
  ClipPage,
  ClipPageRequest,
  NewUpload,
  PartUrl,
  PullRequestClips,
  PullRequestState,
  RecordedAt,
  Recording,
  Session,
  UploadedPart,
  UploadPlan,
} from "./protocol/answers.js";
export type { CallOptions } from "./protocol/api.js";
export type { Credentials, UserCredentials } from "./protocol/authorization.js";
export { maxChapterCount, maxChapterTitle } from "./protocol/chapters.js";
export type {
  ClipComparison,
  CompareClipsOptions,
  ComparisonLink,
  ComparisonStatus,
  ComparisonWaitOptions,
} from "./protocol/comparisons.js";
export { hasInName } from "./protocol/has-in-name.js";
export type { GetIdToken } from "./protocol/id-token.js";
export type { LinkOptions } from "./protocol/links.js";
export { type PullRequestAddress, parsePullRequest } from "./protocol/pull-request-address.js";
export type { FinalizeOptions, UploadRequest } from "./protocol/upload-request.js";
export {
  type ComparedVideo,
  type DiffBox,
  type DiffRange,
  type DiffSpan,
  type IgnoreBox,
  mostTolerance,
  type VideoDiff,
  type VideoDiffVerdict,
} from "./protocol/video-diff.js";
export type { WaitOptions } from "./protocol/wait.js";
export { parseChapters } from "./protocol/web-vtt.js";
export { keylessAppId, nameRequest } from "./protocol/wire.js";
export { explainAccess } from "./source/access.js";
export { assetOf, getMediaType, photoExtensions, videoExtensions } from "./source/media-type.js";
export type { OpenedFile } from "./source/open-source.js";
export type { ReadableSource } from "./source/readable-source.js";
export type { UploadSource } from "./source/source.js";
export type { UploadOptions } from "./upload/options.js";
export type { UploadResult } from "./upload/upload.js";
export type {
  BatchProgress,
  UploadAllOptions,
  UploadOutcome,
  UploadSources,
} from "./upload/upload-all.js";
