import { mkdir, mkdtemp, open, realpath, rename, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { findPlace } from "../src/upload/find-place.js";

/** Opens `link/a.mp4`, where the link leads to `inside`, and can be turned to `outside`. */
async function openThroughLink() {
  const folder = await realpath(await mkdtemp(join(tmpdir(), "clipcourier-place-")));
  onTestFinished(() => rm(folder, { recursive: true, force: true, maxRetries: 3 }));
  for (const name of ["inside", "outside"]) {
    await mkdir(join(folder, name));
    await writeFile(join(folder, name, "a.mp4"), name);
  }
  const lead = (name: string, to: string) => symlink(join(folder, to), join(folder, name), "dir");
  await lead("link", "inside");
  const path = join(folder, "link", "a.mp4");
  const file = await open(path);
  onTestFinished(() => file.close());
  const { dev: device, ino: inode } = await file.stat({ bigint: true });
  const turnLink = async () => {
    await lead("other", "outside");
    await rename(join(folder, "other"), join(folder, "link"));
  };
  return { file: { path, fd: file.fd, device, inode }, folder, turnLink };
}

// As on a system that does not tell where an open file is.
const unknown = -1;

test("the place of an open file is that without links", async () => {
  const { file, folder } = await openThroughLink();
  const place = join(folder, "inside", "a.mp4");
  expect(await findPlace(file)).toBe(place);
  expect(await findPlace({ ...file, fd: unknown })).toBe(place);
});

test("it is never that of another file, to which the path leads by now", async () => {
  const { file, folder, turnLink } = await openThroughLink();
  await turnLink();
  const known = process.platform === "linux" ? join(folder, "inside", "a.mp4") : undefined;
  expect(await findPlace(file)).toBe(known);
  expect(await findPlace({ ...file, fd: unknown })).toBeUndefined();
});

test("of a file that was removed it is not known, where the system does not tell it", async () => {
  const { file, folder } = await openThroughLink();
  await rm(join(folder, "inside", "a.mp4"));
  expect(await findPlace({ ...file, fd: unknown })).toBeUndefined();
});
