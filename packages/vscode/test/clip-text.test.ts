import type { Clip } from "@clipcourier/core";
import { describe, expect, test } from "vitest";
import { findPictures, findThumbnail, isAwaited, toMarkdown } from "../src/clips/clip-text.js";

const url = "https://clips.test/c/1";
const clip: Clip = {
  ...{ id: "1", url, status: "available", filename: "intro.mp4" },
  ...{ thumbnailUrl: `${url}/thumbnail.jpg`, previewGif: `${url}/preview.gif` },
};
const placeholderUrl = "https://clips.test/private.svg";

test("of a private clip others are shown a neutral picture, and the plain page", () => {
  const hidden: Clip = { ...clip, isPrivate: true, placeholderUrl };
  expect(toMarkdown(hidden)).toBe(`[![intro.mp4](${placeholderUrl})](${url})`);
  expect(findPictures(hidden)).toEqual({ preview: placeholderUrl, thumbnail: placeholderUrl });
  expect(findThumbnail(hidden)).toBeUndefined();
});

test("of a private clip whose pictures are allowed, and of any other, they are its own", () => {
  for (const shown of [clip, { ...clip, isPrivate: true } as const]) {
    expect(toMarkdown(shown)).toBe(`[![intro.mp4](${url}/preview.gif)](${url})`);
    expect(findThumbnail(shown)).toBe(`${url}/thumbnail.jpg`);
  }
});

describe("of a photo", () => {
  const photo: Clip = {
    ...{ ...clip, asset: "photo", filename: "shot.png", previewGif: null },
    ...{ photoUrl: `${url}/photo`, downloadUrl: `${url}/download` },
  };

  test("texts show the picture itself, and lists its thumbnail", () => {
    expect(toMarkdown(photo)).toBe(`[![shot.png](${url}/photo)](${url})`);
    expect(findThumbnail(photo)).toBe(`${url}/thumbnail.jpg`);
  });

  test("one without a thumbnail is its own", () => {
    const bare = { ...photo, thumbnailUrl: null };
    expect(findThumbnail(bare)).toBe(`${url}/photo`);
    expect(findPictures(bare)).toEqual({ preview: `${url}/photo`, thumbnail: `${url}/photo` });
  });

  test("a private one shows others nothing", () => {
    const hidden: Clip = { ...photo, isPrivate: true, placeholderUrl };
    expect(findPictures(hidden)).toEqual({ preview: placeholderUrl, thumbnail: placeholderUrl });
    expect(findThumbnail(hidden)).toBeUndefined();
  });

  test("no version for players is awaited", () => {
    expect(isAwaited(photo)).toBe(false);
    expect(isAwaited({ ...photo, asset: "videoclip" })).toBe(true);
  });
});
