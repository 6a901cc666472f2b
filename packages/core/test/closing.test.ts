import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { expect, test } from "vitest";

const run = promisify(execFile);
const module = fileURLToPath(new URL("../dist/fingerprint/hash-workers.js", import.meta.url));

test("a program that closes its workers while an answer is on its way goes on afterwards", async () => {
  const program = `
    const { HashWorkers } = await import(${JSON.stringify(module)});
    const workers = new HashWorkers();
    const bytes = new Uint8Array(new SharedArrayBuffer(5));
    for (let round = 0; round < 3; round++) await workers.hashBytes(bytes);
    workers.hashBytes(bytes);
    // The answer comes while this thread does not look.
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1000);
    await workers.close();
    console.log("closed");`;
  const { stdout } = await run(process.execPath, ["--input-type=module", "-e", program]);
  expect(stdout).toBe("closed\n");
});
