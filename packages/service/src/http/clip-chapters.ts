import type { WireClip } from "@clipcourier/core/wire";
import type { Clip } from "../catalog/clip-state.js";

export type ShownChapters = NonNullable<WireClip["chapters"]>;

/** The chapters of a clip, each with its end; `null` where that is the video's, which is not known. */
export function chaptersOf({
  chapters = [],
  facts: { duration },
}: Pick<Clip, "chapters" | "facts">): ShownChapters {
  return chapters.map(({ start, end, title }, index) => {
    const next =
      chapters[index + 1]?.start ?? (duration !== null && duration > start ? duration : null);
    return { start, end: end ?? next, title };
  });
}
