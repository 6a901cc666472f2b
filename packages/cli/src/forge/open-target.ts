import {
  type ChangedPull,
  type CommentTarget,
  connectGitHub,
  createGitHubChanges,
  createGitHubTarget,
  type ForgeApi,
  type ForgeWait,
} from "@clipcourier/report";
import { connectGitea, createGiteaTarget } from "@clipcourier/report/gitea";
import { connectGitLab, createGitLabChanges, createGitLabTarget } from "@clipcourier/report/gitlab";
import type { Repository } from "./forge.js";

export interface ForgeAccess {
  token: string;
  signal: AbortSignal;
  /** Called before the wait for another attempt. */
  onWait: (wait: ForgeWait) => void;
}

/** The API of the repository's forge. */
export function connectForge({ forge, api }: Repository, access: ForgeAccess): ForgeApi {
  const options = { rootUrl: api, ...access };
  switch (forge) {
    case "github":
      return connectGitHub(options);
    case "gitlab":
      return connectGitLab(options);
    case "gitea":
      return connectGitea(options);
  }
}

/** The comments of one pull request of the repository. */
export function openTarget(
  api: ForgeApi,
  { forge, path }: Repository,
  number: number,
): CommentTarget {
  if (forge === "gitlab") return createGitLabTarget(api, path, number);
  const [owner = "", repo = ""] = path.split("/");
  const create = forge === "github" ? createGitHubTarget : createGiteaTarget;
  return create(api, { owner, repo }, number);
}

/** What one pull request of the repository changes. */
export function openChanges(
  api: ForgeApi,
  { forge, path }: Repository,
  number: number,
): ChangedPull {
  if (forge === "gitlab") return createGitLabChanges(api, path, number);
  const [owner = "", repo = ""] = path.split("/");
  return createGitHubChanges(api, { owner, repo }, number);
}
