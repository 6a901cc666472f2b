import type { Clip } from "@clipcourier/core";
import { expect, test } from "vitest";
import { groupByName } from "../src/clips/group-by-name.js";

function makeClip(id: string, filename?: string): Clip {
  const url = `https://clips.example.com/c/${id}`;
  const pictures = { previewGif: null, thumbnailUrl: null };
  return { id, url, ...pictures, status: "available", ...(filename !== undefined && { filename }) };
}

test("clips of one name are together where the newest of them is, the newest first", () => {
  const clips = [
    makeClip("5", "intro.mp4"),
    makeClip("4", "demo.mp4"),
    makeClip("3", "intro.mp4"),
    makeClip("2"),
    makeClip("1"),
  ];
  const groups = groupByName(clips).map((group) => group.map(({ id }) => id));
  expect(groups).toEqual([["5", "3"], ["4"], ["2"], ["1"]]);
});
