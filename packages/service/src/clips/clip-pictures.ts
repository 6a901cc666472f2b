import type { ClipState } from "../catalog/clip-state.js";
import { type ClipFile, fileKey } from "../catalog/keys.js";
import type { Pictures } from "../media/types.js";
import type { ObjectStore } from "../store/object-store.js";

type PictureState = Pick<
  ClipState,
  "hasThumbnail" | "hasPreview" | "hasWebp" | "storyboard" | "previewOf"
>;

/** Stores the pictures of a clip, and returns which there are. */
export async function storePictures(
  store: ObjectStore,
  { id, version }: { id: string; version: string },
  { thumbnail, gif, webp, storyboard, previewOf }: Pictures,
): Promise<PictureState> {
  const put = async (file: ClipFile, content: Uint8Array | null, contentType: string) => {
    if (content) await store.putObject(fileKey(id, version, file), content, { contentType });
  };
  await Promise.all([
    put("thumbnail.jpg", thumbnail, "image/jpeg"),
    put("preview.gif", gif, "image/gif"),
    put("preview.webp", webp, "image/webp"),
    put("storyboard.jpg", storyboard?.image ?? null, "image/jpeg"),
  ]);
  return {
    hasThumbnail: thumbnail !== null,
    hasPreview: gif !== null,
    hasWebp: webp !== null,
    storyboard: storyboard && layoutOf(storyboard),
    previewOf,
  };
}

function layoutOf(storyboard: NonNullable<Pictures["storyboard"]>): ClipState["storyboard"] {
  const { image: _, ...layout } = storyboard;
  return layout;
}
