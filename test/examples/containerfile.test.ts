import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { validate } from "dockerfile-utils";
import { expect, test } from "vitest";

const file = fileURLToPath(new URL("../../examples/container/Containerfile", import.meta.url));

test("the linter finds nothing wrong in the Containerfile, and does in a wrong one", async () => {
  const text = await readFile(file, "utf8");
  expect(validate(text)).toEqual([]);
  expect(validate(text.replace("USER node", "USERS node"))).not.toEqual([]);
});

test("it keeps everything in the volume, and runs as nobody special", async () => {
  const text = await readFile(file, "utf8");
  expect(text).toContain("VOLUME /data");
  expect(text).toContain("CLIPCOURIER_SERVE_FOLDER=/data");
  expect(text.indexOf("USER node")).toBeLessThan(text.indexOf("ENTRYPOINT"));
});
