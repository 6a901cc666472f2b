import { expect, test } from "vitest";
import manifest from "../../packages/vscode/package.json" with { type: "json" };
import { useExtensionHost } from "./extension-host.ts";
import { addFile } from "./workspace.ts";

/** For each setting of the extension: a value of the user, one of the machine, one of a workspace. */
const values: Record<string, [user: unknown, machine: unknown, workspace: unknown]> = {
  serviceUrl: ["https://user.example/", "https://machine.example/", "https://hostile.example/"],
  concurrency: [2, 3, 16],
  maxMebibytesPerSecond: [200, 300, 0.001],
  verifyParts: [true, true, false],
  maxVirtualFileMebibytes: [20, 30, 2048],
  thumbnailTime: [2, 3, 4],
  preview: ["start", "start", "end"],
  // What comes with a workspace is seen, and does nothing before the person allows it.
  watch: [["user/*.mp4"], ["machine/*.mp4"], ["hostile/*.mp4"]],
  network: ["settings", "settings", "editor"],
  allowedStorageHosts: [["user.example"], ["machine.example"], ["hostile.example"]],
  localCommand: [["user"], ["machine"], ["hostile"]],
  picturesInMenus: [false, false, true],
  insertTemplate: ["user", "machine", "workspace"],
};
const properties: Record<string, { scope: string }> = manifest.contributes.configuration.properties;
const names = Object.keys(properties).map((name) => name.replace("clipcourier.", ""));

/** The settings of one of the three. */
function settingsOf(index: 0 | 1 | 2): Record<string, unknown> {
  const settings = Object.entries(values).map(([name, all]) => [`clipcourier.${name}`, all[index]]);
  return Object.fromEntries(settings);
}

const host = useExtensionHost({ settings: settingsOf(0), machineSettings: settingsOf(1) });

/** Whose value counts, by the scope. The window is a remote one, and its folder is trusted. */
const deciding: Record<string, 0 | 1 | 2> = {
  ...{ application: 0, machine: 1, window: 2 },
  "language-overridable": 2,
};

test("in a remote window a person's choices are those of the user settings, and no workspace changes them", async () => {
  expect(Object.keys(values).sort()).toEqual(names.toSorted());
  await addFile(host.folder, ".vscode/settings.json", JSON.stringify(settingsOf(2)));
  // The editor has read the file when what a workspace may choose is chosen.
  const read = async () => host.call("readSettings", names);
  await expect.poll(async () => (await read()).thumbnailTime).toBe(4);
  const wanted = names.map((name) => {
    const index = deciding[properties[`clipcourier.${name}`]?.scope ?? ""];
    return [name, index === undefined ? undefined : values[name]?.[index]];
  });
  expect(await read()).toEqual(Object.fromEntries(wanted));
});
