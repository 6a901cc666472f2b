export { type Accounts, type CreatedApp, openAccounts } from "./accounts.js";
export { type GitHubOptions, type GitHubRule, parseGitHubOptions } from "./github-rules.js";
export {
  createMedia,
  type Media,
  type MediaFacts,
  type MediaOptions,
  type MediaResult,
} from "./media/index.js";
export { createService, type Service, type ServiceOptions } from "./service.js";
export { type RunningService, type StartOptions, startService } from "./start-service.js";
export { DiskStore } from "./store/disk.js";
export type * from "./store/store.js";
