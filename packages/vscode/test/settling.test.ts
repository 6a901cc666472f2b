import { expect, test } from "vitest";
import { type FileState, Settling } from "../src/renders/settling.js";

const file = "file:///out/intro.mp4";

/** A file and a timer that the test turns. */
function start() {
  let state: FileState | "busy" | "gone" = { size: 10, modified: 1 };
  const timers = new Set<() => void>();
  const settled: FileState[] = [];
  let looks = 0;
  const settling = new Settling({
    interval: 4_000,
    async look() {
      looks += 1;
      return state;
    },
    onSettled: (_, found) => settled.push(found),
    schedule(run) {
      timers.add(run);
      return () => timers.delete(run);
    },
  });
  return {
    ...{ settling, settled, timers },
    looks: () => looks,
    write(changed: FileState | "busy" | "gone") {
      state = changed;
      settling.touch(file);
    },
    /** Changes the file so that nobody is told. */
    writeUnseen(changed: FileState | "busy" | "gone") {
      state = changed;
    },
    /** Lets all timers run out, and waits for what they have begun. */
    async turn() {
      const due = [...timers];
      timers.clear();
      for (const run of due) run();
      await new Promise((resolve) => setImmediate(resolve));
    },
  };
}

test("a file settles once, when two looks in a row show the same", async () => {
  const { settled, timers, write, turn } = start();
  write({ size: 10, modified: 1 });
  await turn();
  expect(settled).toEqual([]);
  await turn();
  expect(settled).toEqual([{ size: 10, modified: 1 }]);
  expect(timers.size).toBe(0);
});

test("a file that grows does not settle, whether its changes are told or not", async () => {
  const { settled, write, writeUnseen, turn } = start();
  for (let size = 1; size < 20; size++) {
    write({ size, modified: size });
    await turn();
  }
  for (let size = 20; size < 40; size++) {
    writeUnseen({ size, modified: size });
    await turn();
  }
  expect(settled).toEqual([]);
  await turn();
  expect(settled).toEqual([{ size: 39, modified: 39 }]);
});

test("a change between two looks that leaves size and time as they were begins the wait anew", async () => {
  const { settled, write, turn } = start();
  write({ size: 10, modified: 1 });
  await turn();
  write({ size: 10, modified: 1 });
  await turn();
  expect(settled).toEqual([]);
  await turn();
  expect(settled).toHaveLength(1);
});

test("many changes keep one timer, and one look at the file at a time", async () => {
  const { timers, looks, write, turn } = start();
  for (let time = 1; time <= 100; time++) write({ size: 10, modified: time });
  expect(timers.size).toBe(1);
  await turn();
  expect(looks()).toBe(1);
});

test("a file that cannot be opened is waited for; one that is gone is not", async () => {
  const { settled, timers, write, writeUnseen, turn } = start();
  write("busy");
  await turn();
  await turn();
  expect(settled).toEqual([]);
  writeUnseen({ size: 10, modified: 1 });
  await turn();
  await turn();
  expect(settled).toHaveLength(1);

  write("gone");
  await turn();
  expect(timers.size).toBe(0);
  // A renderer that deletes a file and renames another to its name.
  write({ size: 12, modified: 2 });
  await turn();
  await turn();
  expect(settled).toHaveLength(2);
});

test("a file that is forgotten during a look does not settle", async () => {
  const { settling, settled, timers, write, turn } = start();
  write({ size: 10, modified: 1 });
  await turn();
  const looking = turn();
  settling.forget(file);
  await looking;
  expect(settled).toEqual([]);
  write({ size: 11, modified: 2 });
  settling[Symbol.dispose]();
  expect(timers.size).toBe(0);
});
