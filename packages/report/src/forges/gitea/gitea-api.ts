import { ForgeApi } from "../forge-api.js";
import type { ForgeApiOptions } from "../forge-connection.js";

export interface GiteaApiOptions extends Omit<ForgeApiOptions, "headers"> {
  /** An access token, or that of a job of its Actions. */
  token: string;
}

/** The REST API of Gitea and Forgejo, such as `https://codeberg.org/api/v1`. */
export function connectGitea({ token, ...options }: GiteaApiOptions): ForgeApi {
  return new ForgeApi({ ...options, headers: { authorization: `token ${token}` } });
}
