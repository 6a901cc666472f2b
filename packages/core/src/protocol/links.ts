import type { ClipLink } from "../clip.js";
import { requirePositive } from "../options.js";
import type { CallOptions } from "./api.js";
import type { Authorization } from "./authorization.js";
import { clipPath } from "./paths.js";
import { toClipLink, wireClipAnswer } from "./wire.js";

/** How long a link opens a private clip. */
export interface LinkOptions {
  /**
   * Milliseconds; a fraction of a second is left out. A service has a longest time, and refuses more.
   *
   * @default as the service says: Clipcourier's gives 7 days, and 30 at most
   */
  expiresIn?: number | undefined;
}

/** The clip with addresses that open it. */
export async function requestLink(
  authorization: Authorization,
  id: string,
  expiresIn: number | undefined,
  options: CallOptions,
): Promise<ClipLink> {
  const answer = await authorization.call({
    ...options,
    what: `asking for a link to clip ${id}`,
    method: "POST",
    path: `${clipPath(id)}/link`,
    form: { expires_in: toSeconds(expiresIn)?.toString() },
    answer: wireClipAnswer,
  });
  return toClipLink(answer);
}

/**
 * The whole seconds of a link's time in milliseconds.
 *
 * @throws `invalid_option`
 */
export function toSeconds(expiresIn: number | undefined): number | undefined {
  if (expiresIn === undefined) return undefined;
  return Math.max(1, Math.floor(requirePositive("expiresIn", expiresIn) / 1000));
}
