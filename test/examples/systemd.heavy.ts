import { execFile } from "node:child_process";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { expect, test } from "vitest";
import { ensureDebianPackages } from "../debian-packages.ts";
import { makeFolder } from "../start-service.ts";

const unit = fileURLToPath(new URL("../../examples/systemd/clipcourier.service", import.meta.url));

/** What systemd has to say of a unit. */
async function check(text: string): Promise<string> {
  ensureDebianPackages([{ name: "systemd", file: "/usr/bin/systemd-analyze" }]);
  const file = join((await makeFolder()).path, "clipcourier.service");
  // The program has to be there: this machine's stands for the one that is installed.
  await writeFile(file, text.replace(/^ExecStart=\S+/m, `ExecStart=${process.execPath}`));
  return promisify(execFile)("systemd-analyze", ["verify", file]).then(
    ({ stdout, stderr }) => stdout + stderr,
    ({ stderr }) => String(stderr),
  );
}

test("systemd finds nothing wrong in the unit, and does in a wrong one", async () => {
  const text = await readFile(unit, "utf8");
  expect(await check(text)).not.toContain("clipcourier.service");
  expect(await check(text.replace("Restart=always", "Restart=sometimes"))).toContain(
    "restart specifier",
  );
});
