export { type CommentContent, markComment } from "./comment/body.js";
export { commentKeyForm, commentKeyPattern } from "./comment/comment-key.js";
export {
  type CommentTarget,
  ForgeError,
  type ForgeFailure,
  type PlacedComment,
} from "./comment/forge.js";
export type { CommentRun } from "./comment/order.js";
export {
  type CommentOutcome,
  describeCleanUpFailure,
  describeCommentOutcome,
  type WriteCommentOptions,
  writeComment,
} from "./comment/write-comment.js";
export { type ClipChange, isSeenChange } from "./compare/clip-change.js";
export { type CommentComparison, compareAndComment } from "./compare/compare-and-comment.js";
export { type ComparedClips, compareWithoutPull } from "./compare/compare-clips.js";
export type { BaseCommit } from "./compare/find-base.js";
export { ForgeApi } from "./forges/forge-api.js";
export type { ForgeApiOptions, ForgeWait } from "./forges/forge-connection.js";
export { type ForgeLimit, startForgeLimit } from "./forges/forge-limit.js";
export {
  type FoundPullRequest,
  findPullRequest,
  type MissingPullRequest,
  readPullRef,
} from "./forges/github/find-pull-request.js";
export {
  connectGitHub,
  type GitHubApiOptions,
  type Repository,
} from "./forges/github/github-api.js";
export { createGitHubChanges } from "./forges/github/github-changes.js";
export { createGitHubTarget } from "./forges/github/github-target.js";
export { readPullRequestState } from "./forges/github/pull-request-state.js";
export { type RunContext, type RunEvent, readRunContext } from "./forges/github/run-context.js";
export { buildGallery, buildMarkdown, describeCounts, nameRecord } from "./gallery.js";
export { buildLongest } from "./markdown.js";
export { replaceFile } from "./replace-file.js";
export { describeFinding } from "./required/describe-required.js";
export { type Finding, findRequired, type Requirement } from "./required/find-required.js";
export { describePatternFault } from "./required/path-patterns.js";
export type { ChangedPull } from "./required/pull-changes.js";
export { InvalidResultsError, readResultsFile, writeResultsFile } from "./results-file.js";
export { type GatheredResults, readResultsFiles } from "./results-files.js";
