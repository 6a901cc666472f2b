import { randomBytes } from "node:crypto";
import { test } from "vitest";
import { startPair, uploadWhileOneIsKilled } from "../processes/pair.ts";

const mebibyte = 1024 * 1024;
const moments = [0, 0.2, 0.5, 0.8, 1];

test("no kill of either process loses an upload, whenever it comes", async () => {
  const pair = await startPair();
  for (let round = 0; round < 3 * moments.length; round += 1) {
    // One part, three parts, and the same content at both.
    const contents = [1, 1, 11, 11].map((size) => randomBytes(size * mebibyte + round));
    const shared = randomBytes(3 * mebibyte);
    const moment = moments[round % moments.length] ?? 0;
    await uploadWhileOneIsKilled(pair, round % 2 ? 1 : 0, [...contents, shared, shared], moment);
  }
});
