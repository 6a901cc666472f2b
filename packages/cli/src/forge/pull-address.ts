import type { Repository } from "./forge.js";

/** The repository and the number of a pull request. */
export interface PullAddress extends Repository {
  number: number;
}

/** The pull request of a page's address; `undefined` for any other address. */
export function parsePullAddress(address: string): PullAddress | undefined {
  const url = URL.parse(address);
  if (url === null || !/^https?:$/.test(url.protocol)) return undefined;
  const { origin, hostname, pathname } = url;
  const [, project, iid] = /^\/(.+)\/-\/merge_requests\/(\d+)(?:\/|$)/.exec(pathname) ?? [];
  if (project !== undefined) {
    return { forge: "gitlab", api: `${origin}/api/v4`, path: decode(project), number: Number(iid) };
  }
  const [, prefix = "", path, page, number] =
    /^(.*?)\/([^/]+\/[^/]+)\/(pulls?)\/(\d+)(?:\/|$)/.exec(pathname) ?? [];
  if (path === undefined) return undefined;
  const pull = { path: decode(path), number: Number(number) };
  if (page === "pulls") return { forge: "gitea", api: `${origin}${prefix}/api/v1`, ...pull };
  return { forge: "github", api: locateGitHubApi(origin, hostname), ...pull };
}

function locateGitHubApi(origin: string, hostname: string): string {
  // GitHub Enterprise Cloud has subdomains of ghe.com; a GitHub Enterprise Server any other name.
  const isCloud = hostname === "github.com" || hostname.endsWith(".ghe.com");
  return isCloud ? origin.replace("://", "://api.") : `${origin}/api/v3`;
}

function decode(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    return path;
  }
}
