import { isInHostList } from "./host-list.js";

/**
 * Whether a URL is to be reached directly, as `NO_PROXY` says: a list of hosts that commas and white
 * space separate.
 */
export function isDirect(url: URL, noProxy: string | undefined): boolean {
  const entries = (noProxy ?? "").split(/[,\s]+/).filter((entry) => entry !== "");
  return isInHostList(url, entries);
}
