export { createMedia, type MediaOptions } from "./media.js";
export type { Media, MediaFacts, MediaResult } from "./types.js";
