export { connectGitea, type GiteaApiOptions } from "./gitea-api.js";
export { createGiteaTarget } from "./gitea-target.js";
