export { type JUnitOutcome, linkClips } from "./link-clips.js";
