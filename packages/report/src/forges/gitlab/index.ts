export { connectGitLab, type GitLabApiOptions } from "./gitlab-api.js";
export { createGitLabChanges } from "./gitlab-changes.js";
export { createGitLabTarget } from "./gitlab-target.js";
