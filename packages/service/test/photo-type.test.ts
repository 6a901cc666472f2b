import fc from "fast-check";
import { expect, it } from "vitest";
import { explainOtherType } from "../src/media/photo/photo-type.js";

const ftyp = (brands: string) => `\0\0\0\x20ftyp${brands}`;

function explain(text: string, announced: string): string | null {
  return explainOtherType(Buffer.from(text, "latin1"), announced);
}

it.each([
  ["image/png", "\x89PNG\r\n\x1a\n\0\0\0\rIHDR"],
  ["image/jpeg", "\xff\xd8\xff\xe0\0\x10JFIF"],
  ["image/gif", "GIF87a"],
  ["image/gif", "GIF89a"],
  ["image/webp", "RIFF\x0a\x0a\x0a\x0aWEBPVP8X"],
  ["image/webp", "RIFF\0\0\0\0WEBPVP8L"],
  ["image/avif", ftyp("avif\0\0\0\0")],
  ["image/avif", ftyp("avis\0\0\0\0")],
  ["image/avif", ftyp("mif1\0\0\0\0mif1avif")],
])("%s is known by its first bytes, %j", (type, text) => {
  expect(explain(text, type)).toBeNull();
  const other = type === "image/png" ? "image/gif" : "image/png";
  expect(explain(text, other)).toContain(`is ${type}, but was announced as ${other}`);
});

it.each([
  ["", "nothing"],
  ["GIF", "less than a signature"],
  [" GIF89a", "what begins later"],
  ["RIFF\0\0\0\0WAVEfmt ", "sound"],
  ["RIFF\0\0\0\0WEBPVP9 ", "no WebP"],
  [ftyp("isom\0\0\0\0avif"), "a video that says it is compatible with AVIF"],
  [ftyp("heic\0\0\0\0mif1heic"), "HEIC"],
  ["<svg xmlns='http://www.w3.org/2000/svg'>", "SVG"],
  ["<!doctype html>", "a page"],
  ["BM", "a bitmap"],
])("%j, %s, is no picture of any type", (text) => {
  for (const type of ["image/png", "image/jpeg", "image/gif", "image/webp", "image/avif"]) {
    expect(explain(text, type)).toContain("PNG, JPEG, WebP, AVIF and GIF are");
  }
});

it("no text is a picture, whatever it begins with but a signature", () => {
  fc.assert(
    fc.property(fc.string(), (text) => {
      fc.pre(!/^(GIF8[79]a|RIFF)/.test(text));
      expect(explain(`<${text}`, "image/gif")).not.toBeNull();
    }),
  );
});
