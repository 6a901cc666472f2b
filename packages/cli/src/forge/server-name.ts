import { type Repository, trimSlashes } from "./forge.js";

/** The server of a repository as statements name it: its host, and the path below which its pages are. */
export function serverOf({ api }: Pick<Repository, "api">): string {
  const { env } = process;
  const known = [
    { page: env.GITHUB_SERVER_URL, of: env.GITHUB_API_URL },
    { page: env.CI_SERVER_URL, of: env.CI_API_V4_URL },
  ].find(({ page, of }) => page && of && trimSlashes(of) === api);
  if (known?.page) return trimSlashes(known.page.replace(/^https?:\/\//, ""));
  const { host, pathname } = new URL(api);
  return host.replace(/^api\./, "") + pathname.replace(/\/api\/v\d+$/, "").replace(/\/$/, "");
}
