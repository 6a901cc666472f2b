import { readdir, readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { expect, inject, test } from "vitest";
import { measureUntil } from "../measure-until.ts";
import { useStage } from "./stage.ts";
import type { Workbench } from "./workbench/workbench.ts";
import { makeWorkspace } from "./workspace.ts";

const stage = useStage();

/** Room for all running extensions: the list holds only those in sight. */
const tall = { height: 2_400 };

/** What the editor says of Clipcourier's activation: loading its code, and its `activate()`. */
async function readActivationTime(workbench: Workbench): Promise<number> {
  await workbench.runCommand("Developer: Show Running Extensions");
  const row = workbench.page.locator(".runtime-extensions-editor .extension", {
    hasText: "Clipcourier",
  });
  const time = row.getByText(/^Activation: \d+ms$/);
  return Number.parseInt(((await time.textContent()) ?? "").slice("Activation: ".length), 10);
}

/** The lines of the extension hosts' logs that are about activating Clipcourier. */
async function readActivations(): Promise<string[]> {
  const logs = join(stage.editor.userData, "logs");
  const names = (await readdir(logs, { recursive: true })).filter((name) =>
    name.endsWith("remoteexthost.log"),
  );
  const texts = await Promise.all(names.map((name) => readFile(join(logs, name), "utf8")));
  return texts
    .join("")
    .split("\n")
    .filter((line) => /_doActivateExtension clipcourier\./.test(line));
}

test("it is activated after the start-up, and waits for nothing then", async () => {
  const folder = await makeWorkspace({ "a.mp4": {} });
  // 35 ms on a quiet machine, 800 ms on a busy one. How much work it is, the test of the loading says.
  const isFast = (time: number) => time < 5_000;
  const measure = async () => readActivationTime(await stage.open(folder, tall));
  const time = await measureUntil(isFast, measure, 5);
  console.log(`activation: ${time} ms`);
  expect(time).toSatisfy(isFast);
  // The log is written a little later.
  await expect.poll(readActivations).not.toEqual([]);
  for (const line of await readActivations()) {
    expect(line).toContain("startup: false, activationEvent: 'onStartupFinished'");
  }
}, 180_000);

test("its code is one file of less than 1 MB", async () => {
  const extensions = inject("extensions");
  const [name = ""] = (await readdir(extensions)).filter((one) => one.startsWith("clipcourier."));
  const { size } = await stat(join(extensions, name, "dist", "extension.cjs"));
  console.log(`bundle: ${(size / 1024).toFixed(0)} KiB`);
  expect(size).toBeLessThan(1_000_000);
});
