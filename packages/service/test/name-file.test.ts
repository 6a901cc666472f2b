import { spawn } from "node:child_process";
import { readFile } from "node:fs/promises";
import { expect, it } from "vitest";
import { NotMediaError } from "../src/media/container.js";
import { nameFile } from "../src/media/diff/name-file.js";

it.each([
  ["is not there", `${import.meta.dirname}/no-such-file.mp4`, "ENOENT"],
  ["is a folder", import.meta.dirname, "EISDIR"],
])("a file that %s could not be read, which is told without its path", async (_, file, code) => {
  const error = await readFile(file).catch((reason: unknown) => reason);
  expect(nameFile(error, "old").message).toBe(`of the old file, it could not be read (${code})`);
});

it("a program that could not be started is no fault of the file", () => {
  // No system starts a program with an argument this long.
  const start = () => spawn(process.execPath, ["x".repeat(2 ** 23)]);
  const error = nameFile(catchError(start), "new");
  expect(error.message).toMatch(
    /^of the new file, the system refused to work on it \(spawn E\w+\)$/,
  );
});

it("what is said of a file that is no video keeps its kind and its words", () => {
  const error = nameFile(new NotMediaError("the file is empty"), "old");
  expect(error).toBeInstanceOf(NotMediaError);
  expect(error.message).toBe("of the old file, the file is empty");
});

function catchError(work: () => unknown): unknown {
  try {
    return work();
  } catch (error) {
    return error;
  }
}
