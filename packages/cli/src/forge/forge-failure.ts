import type { ForgeError } from "@clipcourier/report";
import { type Forge, forgeNames, type Repository } from "./forge.js";

const needs: Readonly<Record<Forge, string>> = {
  github:
    "It needs the permission pull-requests: write (of a job), Pull requests: read and write (a fine-grained token), or the scope repo.",
  gitlab:
    "It must be a project, group or personal access token with the scope api, of somebody with the role Reporter or higher; GitLab lets CI_JOB_TOKEN read comments and not write them.",
  gitea:
    "It needs the scopes write:issue and read:repository, and read:user to find its own comments, of somebody who can read the repository.",
};

/** Why there is no comment and what to do, in whole sentences, without the token. */
export function describeForgeFailure(
  { failure, message }: ForgeError,
  { forge, path }: Repository,
  token: string,
): string {
  const reason = `(${hide(message, token)})`;
  switch (failure) {
    case "refused":
      return `the token may not comment in ${path}, or there is no such pull request ${reason}. ${needs[forge]} A pull request from a fork gets no token that may.`;
    case "locked":
      return `the conversation is locked ${reason}. Unlock it, or use the token of somebody who may comment there.`;
    case "rate-limited":
      return `${forgeNames[forge]} takes no more requests for a while ${reason}. Run the command again later.`;
    case "too-many-comments":
      return `${message}. Use another pull request, or delete old comments.`;
    case "failed":
      return `${forgeNames[forge]} failed ${reason}. Check the address of its API, or run the command again later.`;
  }
}

/** The text without the token, which a forge may repeat in what it answers. */
export function hide(text: string, token: string): string {
  return text.replaceAll(token, "[redacted]");
}
