export type { IgnoreBox } from "@clipcourier/core/wire";
export type { Accounts, CreatedApp, Login, LoginKind } from "./auth/accounts.js";
export {
  type GitHubOptions,
  type GitHubRule,
  parseGitHubOptions,
} from "./auth/keyless/github-rules.js";
export { parseSignInRules } from "./auth/keyless/parse-sign-in-rules.js";
export type { PresetName } from "./auth/keyless/presets.js";
export type { IssuerRules, SignInRule, SignInRules } from "./auth/keyless/sign-in-rules.js";
export type { Connection } from "./http/connection.js";
export { toFrameAncestors } from "./http/embed-policy.js";
export {
  type AccountLimits,
  type AccountLimitsOptions,
  resolveAccountLimits,
} from "./limits/account-limits.js";
export { ClientAddresses, type ProxyOptions } from "./limits/client-addresses.js";
export { type Limits, resolveLimits } from "./limits/limits.js";
export type { DiffOptions } from "./media/diff/options.js";
export { createMedia, type MediaOptions, type RenditionLimits } from "./media/media.js";
export type * from "./media/types.js";
export type * from "./metrics/measure.js";
export { openAccounts } from "./open-folder.js";
export { type GroundPlace, openServiceAccounts } from "./open-ground.js";
export { createService, type Service } from "./service.js";
export type { ServiceOptions } from "./service-options.js";
export {
  type ListenAddress,
  type RunningService,
  type StartOptions,
  startService,
} from "./start-service.js";
export { FolderStore, type FolderStoreOptions } from "./store/folder/folder-store.js";
export type * from "./store/object-store.js";
export type { BucketOptions } from "./store/s3/bucket.js";
export * from "./store/store-error.js";
export {
  checkWebhooks,
  type WebhookEndpoint,
  type WebhookEvent,
  type WebhookOptions,
} from "./webhooks/endpoints.js";
