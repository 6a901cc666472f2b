/** What a pull request is on. Forgejo has the API of Gitea. */
export type Forge = "github" | "gitlab" | "gitea";

/** For messages. */
export const forgeNames: Readonly<Record<Forge, string>> = {
  github: "GitHub",
  gitlab: "GitLab",
  gitea: "Gitea or Forgejo",
};

/** The APIs that everybody knows. Gitea and Forgejo have none: each server is somebody's own. */
export const publicApis: Partial<Record<Forge, string>> = {
  github: "https://api.github.com",
  gitlab: "https://gitlab.com/api/v4",
};

/** A repository of a forge. */
export interface Repository {
  forge: Forge;
  /** The API, without a slash at its end. */
  api: string;
  /** `owner/name`; on GitLab the path of the project, or its id. */
  path: string;
}

/** An address without slashes at its end. */
export function trimSlashes(address: string): string {
  return address.replace(/\/+$/, "");
}
