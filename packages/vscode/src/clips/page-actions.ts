import type { Clip } from "@clipcourier/core";
import type { Service } from "../services/services.js";
import { copyLinks, type LinkContext, openInBrowser } from "./clip-links.js";
import { toMarkdown } from "./clip-text.js";
import { copy } from "./clipboard.js";

/**
 * Does what a button on the page of a clip is for.
 *
 * @param message that of the button; any other does nothing
 */
export async function runPageAction(
  message: unknown,
  clip: Clip,
  service: Service | undefined,
  context: LinkContext,
): Promise<void> {
  if (message === "copyId") await copy([clip.id]);
  else if (message === "copyLink") await copyLinks([clip], service, context);
  else if (message === "copyMarkdown") await copy([toMarkdown(clip)]);
  else if (message === "openInBrowser") await openInBrowser(clip, service, context);
}
