import type { Clip } from "@clipcourier/core";
import type { Clients } from "../services/clients.js";
import type { Service } from "../services/services.js";
import { lifetimes, signClip } from "./clip-links.js";
import { findPlayable } from "./clip-text.js";
import { toReachable } from "./reach-window.js";

/** Where the window reaches what a clip consists of; what there is not is `undefined`. */
export interface ClipAddresses {
  videoUrl: string | undefined;
  photoUrl: string | undefined;
  posterUrl: string | undefined;
}

/**
 * The addresses of a clip, and until when they open it: `null` for those that always do.
 *
 * @param service that of the clip; where it is not known, the addresses are not signed
 * @throws what asking the service for signed addresses throws
 */
export async function findAddresses(
  clip: Clip,
  service: Service | undefined,
  clients: Clients,
): Promise<{ addresses: ClipAddresses; expiresOn: string | null }> {
  const link = await signClip(clip, service, lifetimes.played, clients);
  const addresses = {
    videoUrl: await toReachable(findPlayable(link)),
    photoUrl: await toReachable(link.photoUrl),
    posterUrl: await toReachable(link.thumbnailUrl ?? undefined),
  };
  return { addresses, expiresOn: link.expiresOn };
}

/** Whether a page that may load from the one may load from the other. */
export function haveSameOrigins(one: ClipAddresses, other: ClipAddresses): boolean {
  const names = ["videoUrl", "photoUrl", "posterUrl"] as const;
  return names.every((name) => originOf(one[name]) === originOf(other[name]));
}

function originOf(url: string | undefined): string | undefined {
  return url === undefined ? undefined : new URL(url).origin;
}
