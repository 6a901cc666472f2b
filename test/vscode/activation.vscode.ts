import { readdir, readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { expect, inject, test } from "vitest";
import { measureUntil } from "../measure-until.ts";
import { useStage } from "./stage.ts";
import type { Workbench } from "./workbench/workbench.ts";
import { makeWorkspace } from "./workspace.ts";

const stage = useStage();

/** High enough for all running extensions: the list renders only those that are visible. */
const tall = { height: 2_400 };

/** The time that the editor reports for the activation: loading the code, and `activate()`. */
async function readActivationTime(workbench: Workbench): Promise<number> {
  await workbench.runCommand("Developer: Show Running Extensions");
  const row = workbench.page.locator(".runtime-extensions-editor .extension", {
    hasText: "Clipcourier",
  });
  const time = row.getByText(/^Activation: \d+ms$/);
  return Number.parseInt(((await time.textContent()) ?? "").slice("Activation: ".length), 10);
}

/** The lines about activating Clipcourier in the logs of the extension hosts. */
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
  // The log is written with a delay.
  await expect.poll(readActivations).not.toEqual([]);
  for (const line of await readActivations()) {
    expect(line).toContain("startup: false, activationEvent: 'onStartupFinished'");
  }
});

test("the code that is loaded for it is small", async () => {
  const extensions = inject("extensions");
  const [name = ""] = (await readdir(extensions)).filter((one) => one.startsWith("clipcourier."));
  const { size } = await stat(join(extensions, name, "dist", "extension.cjs"));
  console.log(`bundle: ${(size / 1024).toFixed(0)} KiB`);
  expect(size).toBeLessThan(400 * 1024);
});
