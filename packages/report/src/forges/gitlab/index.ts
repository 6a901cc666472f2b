export { connectGitLab, type GitLabApiOptions } from "./gitlab-api.js";
export { createGitLabTarget } from "./gitlab-target.js";
