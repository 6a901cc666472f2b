import fc from "fast-check";
import { expect, test } from "vitest";
import {
  type Addresses,
  findAddresses,
  inferAddresses,
  pairAddresses,
} from "../src/renders/addresses.js";

function makeClip(id: string, more: Partial<Addresses> = {}): Addresses {
  const at = `https://clips.example.com/c/${id}`;
  return {
    ...{ id, url: at, previewGif: `${at}/preview.gif`, thumbnailUrl: `${at}/thumbnail.jpg` },
    videoUrl: `${at}/video.mp4`,
    ...more,
  };
}

const [before, after] = [makeClip("abc123"), makeClip("xyz789")];

function replace(text: string, pairs = pairAddresses(before, after)): string {
  return findAddresses(text, pairs).reduceRight(
    (result, { start, end, to, from }) => result.slice(0, start) + (to ?? from) + result.slice(end),
    text,
  );
}

test("page, picture, video and id of the earlier clip become those of the newer one", () => {
  const text = (id: string) =>
    `[![intro](https://clips.example.com/c/${id}/preview.gif)](https://clips.example.com/c/${id})\n` +
    `<video poster="https://clips.example.com/c/${id}/thumbnail.jpg" src="https://clips.example.com/c/${id}/video.mp4">\n` +
    `clip: ${id}\n{"id":"${id}"} https://clips.example.com/c/${id}?t=3#top (${id})`;
  expect(replace(text("abc123"))).toBe(text("xyz789"));
});

test.each([
  ["a longer id that begins with it", "https://clips.example.com/c/abc1234"],
  ["a longer id that ends with it", "0abc123, x-abc123, abc123-x, _abc123"],
  ["the page of another service", "https://other.example.com/c/abcd123"],
  ["the id in an address of another service", "see https://other.example.com/c/abc123/preview.gif"],
  ["the id in such an address in JSON", '{"url":"https:\\/\\/other.example.com\\/c\\/abc123"}'],
  ["the id in an address without scheme", '<img src="//other.example.com/abc123.gif">'],
  ["the id in the name of a host", "https://abc123.other.example.com/"],
  [
    "the id in the last of two addresses",
    "[![](https://clips.example.com/logo.gif)](https://other.example.com/abc123)",
  ],
])("%s stays", (_, text) => {
  expect(replace(text)).toBe(text);
});

test.each([
  ["in another address of the service", "https://clips.example.com/embed/abc123?autoplay"],
  ["in a path", "clips/abc123, /c/abc123 and //abc123"],
  ["beside an address of another service", "https://other.example.com/ abc123"],
  [
    "in the last of two addresses",
    "[![](https://other.example.com/a)](https://clips.example.com/e/abc123)",
  ],
])("the id is replaced %s", (_, text) => {
  expect(replace(text)).toBe(text.replaceAll("abc123", "xyz789"));
});

test("a picture that the newer clip does not have stays, and is reported", () => {
  const pairs = pairAddresses(before, makeClip("xyz789", { previewGif: null }));
  const text =
    "![](https://clips.example.com/c/abc123/preview.gif) https://clips.example.com/c/abc123";
  expect(replace(text, pairs)).toBe(
    "![](https://clips.example.com/c/abc123/preview.gif) https://clips.example.com/c/xyz789",
  );
  expect(findAddresses(text, pairs).filter(({ to }) => to === undefined)).toHaveLength(1);
});

test("addresses are found as HTML and as JSON spell them", () => {
  const query = (id: string) =>
    makeClip(id, { previewGif: `https://cdn.example.com/p?a=1&clip=${id}` });
  const pairs = pairAddresses(query("abc123"), query("xyz789"));
  const text = (id: string) =>
    `<img src="https://cdn.example.com/p?a=1&amp;clip=${id}"> {"url":"https:\\/\\/clips.example.com\\/c\\/${id}"}`;
  expect(replace(text("abc123"), pairs)).toBe(text("xyz789"));
});

test("signs that have a meaning in patterns have none in addresses", () => {
  const odd = (id: string) => makeClip(id, { url: `https://clips.example.com/(c)/${id}?x=[1]*+$` });
  const pairs = pairAddresses(odd("abc123"), odd("xyz789"));
  expect(replace(`see ${odd("abc123").url} now`, pairs)).toBe(`see ${odd("xyz789").url} now`);
});

test("the addresses of a clip that is gone are inferred from its id", () => {
  expect(inferAddresses("abc123", after)).toMatchObject(before);
});

test("what surrounds the addresses is never changed, and nothing is replaced twice", () => {
  const piece = fc.oneof(
    fc.constantFrom(before.id, before.url, before.previewGif ?? "", after.url, after.id),
    fc.string({ maxLength: 5 }),
  );
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 12 }), (pieces) => {
      const text = pieces.join(" ");
      const wanted = text.replaceAll(/(?<![\w-])abc123(?![\w-])/g, "xyz789");
      expect(replace(text)).toBe(wanted);
      expect(findAddresses(replace(text), pairAddresses(before, after))).toEqual([]);
    }),
  );
});
