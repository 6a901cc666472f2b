const longest = 1_000;
const example = "https://github.com/octo/intro/pull/12";

/** A pull request, or what a forge calls so. */
export interface PullRequestAddress {
  /**
   * The address of its page, in the one spelling that all of it have: in lower case, as forges do not tell
   * names by their case, with single slashes and none at the end, and with `pull` where Gitea says `pulls`.
   */
  address: string;
  /** The server and the repository, such as `github.com/octo/intro`. */
  repository: string;
  number: number;
}

/** Why a text is none, for a message that begins with the name of the option or the parameter. */
export const noPullRequest = `not the address of a pull request, such as ${example}.`;

/** Reads the address of the page of a pull request or a merge request; `null` for any other text. */
export function parsePullRequest(text: string): PullRequestAddress | null {
  const url = text.length <= longest ? URL.parse(text.toLowerCase()) : null;
  if (!url || !/^https?:$/.test(url.protocol) || url.username !== "" || url.password !== "") {
    return null;
  }
  const pathname = url.pathname.replace(/\/{2,}/g, "/");
  const match = /^(\/.+\/[^/]+)\/(pulls?|-\/merge_requests)\/([1-9]\d{0,9})\/?$/.exec(pathname);
  if (!match) return null;
  const [, path = "", page = "", number = ""] = match;
  return {
    address: `${url.origin}${path}/${page === "pulls" ? "pull" : page}/${number}`,
    repository: url.host + path,
    number: Number(number),
  };
}
