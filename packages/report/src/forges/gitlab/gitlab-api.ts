import { ForgeApi } from "../forge-api.js";
import type { ForgeApiOptions } from "../forge-connection.js";

export interface GitLabApiOptions extends Omit<ForgeApiOptions, "headers"> {
  /** A personal, project or group access token. GitLab lets the token of a job only read notes. */
  token: string;
}

/** GitLab's REST API, such as `https://gitlab.com/api/v4`. */
export function connectGitLab({ token, ...options }: GitLabApiOptions): ForgeApi {
  return new ForgeApi({ ...options, headers: { "private-token": token } });
}
