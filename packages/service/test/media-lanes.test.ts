import { expect, test } from "vitest";
import { Lanes } from "../src/media/lanes.js";

/** Work of several owners, each of which ends when it is told to. */
function useLanes(count: number) {
  const lanes = new Lanes(count);
  const started: string[] = [];
  const ends = new Map<string, () => void>();
  const all: Promise<void>[] = [];
  return {
    started,
    add(owner: string, name: string): void {
      const work = () =>
        new Promise<void>((resolve) => {
          started.push(name);
          ends.set(name, resolve);
        });
      all.push(lanes.run(owner, work));
    },
    /** Ends a job, and waits until the next one has begun. */
    async end(name: string): Promise<void> {
      ends.get(name)?.();
      await new Promise((resolve) => setImmediate(resolve));
    },
  };
}

test("one file of somebody does not wait for the fifty of another", async () => {
  const { started, add, end } = useLanes(2);
  for (let number = 1; number <= 50; number += 1) add("many", `many ${number}`);
  add("one", "one");
  // There is a lane for those for whom nothing is done, beside the two.
  expect(started).toEqual(["many 1", "many 2", "one"]);
  await end("one");
  await end("many 1");
  expect(started).toEqual(["many 1", "many 2", "one", "many 3"]);
});

test("accounts take turns, and the files of one keep their order", async () => {
  const { started, add, end } = useLanes(1);
  for (const name of ["a1", "a2", "a3"]) add("a", name);
  for (const name of ["b1", "b2"]) add("b", name);
  for (const name of ["c1", "c2"]) add("c", name);
  for (let ended = 0; ended < started.length; ended += 1) await end(started[ended] ?? "none");
  // "b" had nothing running, and began at once.
  expect(started).toEqual(["a1", "b1", "a2", "b2", "c1", "a3", "c2"]);
});
