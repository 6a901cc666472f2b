export { type Accounts, type CreatedApp, openAccounts } from "./auth/accounts.js";
export { type GitHubOptions, type GitHubRule, parseGitHubOptions } from "./auth/github-rules.js";
export { createMedia, type MediaOptions } from "./media/media.js";
export type { Media, MediaFacts, MediaResult, MediaSource } from "./media/types.js";
export { createService, type Service, type ServiceOptions } from "./service.js";
export { type RunningService, type StartOptions, startService } from "./start-service.js";
export { DiskStore } from "./store/disk.js";
export type * from "./store/store.js";
export { StoreError } from "./store/store.js";
