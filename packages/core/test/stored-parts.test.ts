import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { Journal } from "../src/parts/journal.js";
import type { Part } from "../src/parts/layout.js";
import { StoredParts } from "../src/parts/stored-parts.js";
import { ProgressMeter } from "../src/progress.js";
import type { NewUpload } from "../src/protocol/answers.js";
import { makeTemporaryFolder } from "./temporary-folder.js";

const chunkSize = 10;
const parts: Part[] = [1, 2, 3].map((partNumber) => ({
  ...{ partNumber, start: (partNumber - 1) * chunkSize, length: partNumber === 3 ? 4 : chunkSize },
  url: "http://127.0.0.1/",
}));
const [first, second, third] = parts as [Part, Part, Part];

function plan(uploadId: string, storedParts?: NewUpload["storedParts"]): NewUpload {
  return { isKnown: false, uploadId, chunkSize, urls: [], storedParts };
}

function createStored(journal?: Journal) {
  const meter = new ProgressMeter("a.mp4", 24, undefined);
  return { meter, stored: new StoredParts(meter, journal) };
}

test("parts are listed in ascending order, in whatever order they were stored", async () => {
  const { stored } = createStored();
  await stored.follow(plan("u1"), parts);
  for (const part of [third, first]) await stored.add(part, `"${part.partNumber}"`);
  expect(stored.list()).toEqual([
    { partNumber: 1, etag: '"1"' },
    { partNumber: 3, etag: '"3"' },
  ]);
  expect(stored.count).toBe(2);
  expect(parts.map((part) => stored.has(part))).toEqual([true, false, true]);
  expect(stored.bytesSent).toBe(14);
});

test("what the service reports counts where its size is right, and not as sent", async () => {
  const { stored, meter } = createStored();
  const report = [
    { partNumber: 3, etag: '"c"', size: 4 },
    { partNumber: 1, etag: '"a"', size: 10 },
    { partNumber: 2, etag: '"b"', size: 9 },
    { partNumber: 4, etag: '"d"', size: 10 },
  ];
  await stored.follow(plan("u1", report), parts);
  expect(stored.list().map(({ etag }) => etag)).toEqual(['"a"', '"c"']);
  expect(stored.bytesSent).toBe(0);
  expect(meter.current).toMatchObject({ acknowledged: 14, reused: 14 });
});

test("the same upload keeps its parts, another one starts without them", async () => {
  const { stored, meter } = createStored();
  await stored.follow(plan("u1"), parts);
  await stored.add(first, '"a"');
  await stored.follow(plan("u1", []), parts);
  expect(stored.count).toBe(1);
  await stored.follow(plan("u2"), parts);
  expect(stored.count).toBe(0);
  expect(meter.current).toMatchObject({ acknowledged: 0, reused: 0 });
});

test("a later run goes on with the journal, unless the service reports its parts", async () => {
  await using folder = await makeTemporaryFolder();
  const open = () => Journal.open(folder.path, "service", "md5");
  {
    await using journal = await open();
    const { stored } = createStored(journal);
    await stored.follow(plan("u1"), parts);
    await stored.add(second, '"b"');
  }
  {
    await using journal = await open();
    const { stored, meter } = createStored(journal);
    await stored.follow(plan("u1"), parts);
    expect(stored.list()).toEqual([{ partNumber: 2, etag: '"b"' }]);
    expect(meter.current.reused).toBe(10);
    await stored.add(third, '"c"');
  }
  {
    await using journal = await open();
    const { stored } = createStored(journal);
    await stored.follow(plan("u1"), parts);
    // What was restored is recorded again, with what came later.
    expect(stored.list().map(({ partNumber }) => partNumber)).toEqual([2, 3]);
  }
  await using journal = await open();
  const { stored } = createStored(journal);
  await stored.follow(plan("u1", []), parts);
  expect(stored.count).toBe(0);
});

test("ETags of an earlier run are forgotten once, those of this run never", async () => {
  await using folder = await makeTemporaryFolder();
  await using journal = await Journal.open(folder.path, "service", "md5");
  const { stored } = createStored(journal);
  await stored.follow(plan("u1"), parts);
  await stored.add(first, '"a"');
  expect(await stored.forget()).toBe(false);
  const report = [{ partNumber: 1, etag: '"a"', size: 10 }];
  await stored.follow(plan("u2", report), parts);
  expect(stored.count).toBe(1);
  expect(await stored.forget()).toBe(true);
  expect(await readdir(join(folder.path, "uploads"))).toEqual([]);
  // Whatever is reported for the same upload, each part is sent again.
  await stored.follow(plan("u2", report), parts);
  expect(stored.count).toBe(0);
  expect(await stored.forget()).toBe(false);
});
