import { expect, test } from "vitest";
import { selectAwaiting } from "../src/writing/stored-placeholders.js";

/** Placeholders of one text: `a1S` is the video a of insertion 1, which goes to service S; `a1S!` is a clip. */
function select(stored: string, ...batches: [serviceId: string, uris: string][]): string {
  const placeholders = stored.split(" ").map((marker) => {
    const [video = "", insertion = "", serviceId, clip] = marker;
    return { run: "earlier", document: "notes.md", marker, video, insertion, serviceId, clip };
  });
  const awaited = batches.map(([serviceId, uris]) => ({ serviceId, uris: [...uris] }));
  return selectAwaiting(placeholders, awaited)
    .map(({ marker }) => marker)
    .join(" ");
}

test("what goes to another service is left alone, also in the same text", () => {
  expect(select("a1S b2T", ["S", "a"])).toBe("a1S");
  expect(select("a1S b2T", ["T", "b"])).toBe("b2T");
  expect(select("a1S a2T", ["T", "a"])).toBe("a2T");
});

test("an insertion goes on as a whole, and another one of its text does not go with it", () => {
  expect(select("a1S b1S c2S", ["S", "b"])).toBe("a1S b1S");
  expect(select("a1S b1S c2S", ["S", "a"], ["S", "c"])).toBe("a1S b1S c2S");
});

test("what was in a text before its service was known does not go on", () => {
  expect(select("a1 b2S", ["S", "ab"])).toBe("b2S");
});

test("what has become a clip is not uploaded again with the others", () => {
  expect(select("a1S! b1S", ["S", "b"])).toBe("b1S");
  expect(select("a1S! b1S", ["S", "a"])).toBe("");
});
