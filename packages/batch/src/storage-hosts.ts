/**
 * The hosts in `CLIPCOURIER_STORAGE_HOSTS`, which commas or white space separate, as
 * `allowedStorageHosts` of a client; `undefined` where the variable is missing or empty.
 */
export function readStorageHosts(env: NodeJS.ProcessEnv): string[] | undefined {
  const hosts = (env.CLIPCOURIER_STORAGE_HOSTS ?? "").split(/[,\s]+/).filter((host) => host !== "");
  return hosts.length > 0 ? hosts : undefined;
}
