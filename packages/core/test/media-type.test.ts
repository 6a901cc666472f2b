import { expect, test } from "vitest";
import { getMediaType } from "../src/source/media-type.js";

test.each([
  ["a.mp4", "video/mp4"],
  ["a.MP4", "video/mp4"],
  ["a.mov", "video/quicktime"],
  ["B.MOV", "video/quicktime"],
  ["a.avi", "video/x-msvideo"],
  ["a.webm", "video/webm"],
  ["a.b.mkv", "video/x-matroska"],
  ["noextension", "video/mp4"],
  ["a.constructor", "video/mp4"],
  ["folder.mov/a", "video/mp4"],
])("%s is %s", (name, type) => {
  expect(getMediaType(name)).toBe(type);
});
