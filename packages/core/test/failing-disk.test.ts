import { existsSync } from "node:fs";
import { open } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { refusePointer } from "../src/source/file-refusals.js";
import { makeTemporaryFolder } from "./temporary-folder.js";
import { startUploadServer } from "./upload-server.js";

// A file of the kernel that can be opened and has a size, but whose reading fails.
const unreadable = "/sys/class/net/lo/speed";

test.runIf(existsSync(unreadable))("a read that fails is told with the file", async () => {
  const server = await startUploadServer();
  await expect(server.connect().upload(unreadable)).rejects.toMatchObject({
    code: "source_unreadable",
    message: expect.stringMatching(`^${unreadable} could not be read: EINVAL`),
  });
});

test("so is one in the look for a pointer of Git LFS", async () => {
  await using folder = await makeTemporaryFolder();
  // Reading fails, because the file is open for writing alone.
  await using file = await open(join(folder.path, "a.mp4"), "w");
  await expect(refusePointer("a.mp4", file, 100)).rejects.toMatchObject({
    code: "source_unreadable",
    message: expect.stringMatching(/^a\.mp4 could not be read: EBADF/),
  });
});
