import * as v from "valibot";
import type { Transport } from "../http/transport.js";
import { wireError } from "./wire.js";

const version = "v2.7";

/** Whether the root URL does not end with the version of the protocol. */
export function lacksVersion(rootUrl: URL): boolean {
  return !/\/v\d[\w.]*\/$/.test(rootUrl.pathname);
}

/**
 * What to do about a root URL without a version, where nothing was found, as a sentence. Without
 * keys, the service is asked for below the URL and at the root of its host.
 */
export async function explainMissingVersion(
  rootUrl: URL,
  transport: Transport,
  signal: AbortSignal,
): Promise<string> {
  const below = new URL(`${version}/`, rootUrl);
  for (const found of new Set([below.href, new URL(`/${version}/`, rootUrl).href])) {
    if (await isService(found, transport, signal)) {
      return `The URL lacks the version: the service answers at ${found}, so give that.`;
    }
  }
  return `Check the URL: it ends with the service's version, as in ${below.href}.`;
}

/** Whether a call without keys is refused in the way of the protocol. */
async function isService(
  rootUrl: string,
  transport: Transport,
  signal: AbortSignal,
): Promise<boolean> {
  try {
    const { status, body } = await transport.send({
      ...{ method: "GET", url: new URL("me/videoclips", rootUrl).href },
      headers: { accept: "application/json" },
      signal,
    });
    return (status === 400 || status === 401) && v.is(wireError, JSON.parse(body));
  } catch {
    return false;
  }
}
