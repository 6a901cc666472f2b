/** The API of the forge that the job runs on. */
export function findApi(): string {
  return process.env.GITHUB_API_URL || "https://api.github.com";
}

/** The address of its pages. */
export function findServer(): string {
  return process.env.GITHUB_SERVER_URL || "https://github.com";
}

/** The same without its scheme, as the service names repositories: `github.com`. */
export function findServerName(): string {
  return findServer().replace(/^https?:\/\/|\/+$/g, "");
}
