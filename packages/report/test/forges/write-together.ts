import { type CommentTarget, writeComment } from "../../src/index.js";
import { makeRecord } from "../records.js";
import type { StandIn } from "./stand-in.js";

/**
 * Writes a comment that many times at once: each has looked for an earlier one before any is created.
 */
export async function writeTogether(
  standIn: StandIn,
  target: CommentTarget,
  count: number,
): Promise<void> {
  const allHaveLooked = Promise.withResolvers<void>();
  let created = 0;
  standIn.intercept = async ({ method }) => {
    if (method !== "POST") return undefined;
    if (++created === count) allHaveLooked.resolve();
    await allHaveLooked.promise;
    return undefined;
  };
  const writers = Array.from({ length: count }, (_, index) =>
    writeComment(target, {
      key: "clips",
      records: [makeRecord("intro.mp4", `clip${index}`)],
      sha: "a".repeat(40),
      run: { number: index + 1 },
    }),
  );
  await Promise.all(writers);
}
