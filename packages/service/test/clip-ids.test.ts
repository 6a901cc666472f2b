import { expect, test } from "vitest";
import { ClipIds, isClipId } from "../src/clips/clip-ids.js";

const address = { account: "acc_1", asset: "take.mp4", checksum: "0".repeat(32) };

test("an id is the same for the same address, and another for each other one", () => {
  const ids = new ClipIds("secret");
  const others = [
    { ...address, account: "acc_2" },
    { ...address, asset: "take2.mp4" },
    { ...address, checksum: "1".repeat(32) },
  ];
  const made = [address, ...others].map((one) => ids.of(one));
  expect(new Set(made).size).toBe(4);
  expect(new ClipIds("secret").of({ ...address })).toBe(made[0]);
  expect(new ClipIds("other").of(address)).not.toBe(made[0]);
});

test("no id can be taken for an option of a command line", () => {
  const ids = new ClipIds("secret");
  const made = Array.from({ length: 1_000 }, (_, n) => ids.of({ ...address, asset: `${n}.mp4` }));
  expect(made.filter((id) => id.startsWith("-"))).toEqual([]);
  expect(made.filter((id) => !isClipId(id))).toEqual([]);
  expect(new Set(made).size).toBe(1_000);
});
