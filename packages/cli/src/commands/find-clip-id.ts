import { UsageError } from "@clipcourier/batch";

/** The id out of the address of a page, or the id itself. */
export function findClipId(clip: string): string {
  if (!/^https?:/i.test(clip)) return clip;
  const id = /\/c\/([^/]+)/.exec(URL.parse(clip)?.pathname ?? "")?.[1];
  if (id !== undefined) return id;
  throw new UsageError(
    "The address is not that of a clip, such as https://clips.example.com/c/<id>.",
  );
}
