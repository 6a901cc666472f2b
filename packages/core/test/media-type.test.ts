import { expect, test } from "vitest";
import {
  assetOf,
  getMediaType,
  photoExtensions,
  photoTypes,
  videoExtensions,
} from "../src/source/media-type.js";

test.each([
  ["a.mp4", "video/mp4"],
  ["a.MP4", "video/mp4"],
  ["a.mov", "video/quicktime"],
  ["B.MOV", "video/quicktime"],
  ["a.avi", "video/x-msvideo"],
  ["a.webm", "video/webm"],
  ["a.b.mkv", "video/x-matroska"],
  ["shot.png", "image/png"],
  ["a.JPG", "image/jpeg"],
  ["a.jpeg", "image/jpeg"],
  ["a.webp", "image/webp"],
  ["a.avif", "image/avif"],
  ["a.gif", "image/gif"],
  ["a.svg", "video/mp4"],
  ["noextension", "video/mp4"],
  ["a.constructor", "video/mp4"],
  ["folder.mov/a", "video/mp4"],
])("%s is %s", (name, type) => {
  expect(getMediaType(name)).toBe(type);
});

test("what is of a picture's type becomes a photo, and all else a video", () => {
  expect([...photoTypes].map(assetOf)).toEqual(Array(5).fill("photo"));
  // A service that is asked for one refuses it: it is no photo and no video.
  expect(assetOf("image/svg+xml")).toBe("photo");
  expect(assetOf("video/mp4")).toBe("videoclip");
  expect(videoExtensions.filter((name) => photoExtensions.includes(name))).toEqual([]);
});
