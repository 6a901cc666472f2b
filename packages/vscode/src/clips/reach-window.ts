import { env, Uri } from "vscode";

const loopback = /^https?:\/\/(localhost|127\.\d+\.\d+\.\d+|\[::1\])([:/]|$)/;

/**
 * The address at which the window reaches what the extension reaches at this one: they can run on two machines,
 * each with a loopback address of its own. `undefined` where it is no web address.
 */
export async function toReachable(url: string | undefined): Promise<string | undefined> {
  if (url === undefined || !/^https?:/.test(url)) return undefined;
  if (!loopback.test(url)) return url;
  const { origin, pathname, search } = new URL(url);
  // Only the origin: code-server 4.105 drops the path.
  const external = (await env.asExternalUri(Uri.parse(origin))).toString(true);
  return external.replace(/\/$/, "") + pathname + search;
}
