import { truncate } from "node:fs/promises";
import { expect, test } from "vitest";
import { makeTemporaryFolder } from "./temporary-folder.js";
import { startUploadServer } from "./upload-server.js";

test("small files of a batch are uploaded while large ones are hashed", async () => {
  await using folder = await makeTemporaryFolder();
  const server = await startUploadServer();
  // So large that hashing them takes longer than a test may.
  const large = await Promise.all(
    [1, 2].map(async (number) => {
      const path = await folder.write(`large-${number}.mp4`, "");
      await truncate(path, 1024 ** 4 + number);
      return path;
    }),
  );
  const small = await Promise.all(
    // Some are sent from memory, some are read in parts.
    [1, 2, 5, 6, 9].map((size) =>
      folder.write(`small-${size}.mp4`, Buffer.alloc(size * 1_000_000, `${size}`)),
    ),
  );
  const ended: unknown[] = [];
  for await (const { source, error } of server.connect().uploadAll([...large, ...small])) {
    expect(error).toBeUndefined();
    ended.push(source);
    // Leaving the loop stops the large ones.
    if (ended.length === small.length) break;
  }
  expect(ended.sort()).toEqual(small);
});
