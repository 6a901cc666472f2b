import type { Clip } from "@clipcourier/core";
import type { Service } from "../services/services.js";
import { titleOf } from "./clip-text.js";

/** Which clip of which service an editor shows. A page keeps it over a reload of the window. */
export interface ClipOrigin {
  /** With the id of the app, it is found again where the service was connected to anew. */
  rootUrl: string;
  appId: string;
  /** The id of the clip. */
  clip: string;
  /** The title of the clip, for as long as nothing else is known of it. */
  title: string;
}

export function originOf({ rootUrl, appId }: Service, clip: Clip): ClipOrigin {
  return { rootUrl, appId, clip: clip.id, title: titleOf(clip) };
}

/** What a page has kept; `undefined` for anything else. */
export function readOrigin(state: unknown): ClipOrigin | undefined {
  const { rootUrl, appId, clip, title } = Object(state) as Record<keyof ClipOrigin, unknown>;
  const isWhole = [rootUrl, appId, clip, title].every((one) => typeof one === "string");
  return isWhole && URL.canParse(String(rootUrl)) ? (state as ClipOrigin) : undefined;
}

/** Tells clips of all services apart. */
export function keyOf({ rootUrl, appId, clip }: ClipOrigin): string {
  return JSON.stringify([rootUrl, appId, clip]);
}

export function findService(
  { rootUrl, appId }: ClipOrigin,
  services: readonly Service[],
): Service | undefined {
  return services.find((one) => one.rootUrl === rootUrl && one.appId === appId);
}
