import { ForgeApi } from "../forge-api.js";
import type { ForgeApiOptions } from "../forge-connection.js";

export interface GitHubApiOptions extends Omit<ForgeApiOptions, "headers"> {
  token: string;
}

/** One repository. */
export interface Repository {
  owner: string;
  repo: string;
}

/** GitHub's REST API, on github.com or a GitHub Enterprise Server (`https://host/api/v3`). */
export function connectGitHub({ token, ...options }: GitHubApiOptions): ForgeApi {
  return new ForgeApi({
    ...options,
    headers: {
      accept: "application/vnd.github+json",
      authorization: `token ${token}`,
      "x-github-api-version": "2022-11-28",
    },
  });
}

/** The path of a repository, such as `/repos/octo/intro`. */
export function toRepositoryPath({ owner, repo }: Repository): string {
  return `/repos/${encodeURIComponent(owner)}/${encodeURIComponent(repo)}`;
}
