import { readFile } from "node:fs/promises";
import path from "node:path";
import { photoExtensions, videoExtensions } from "@clipcourier/core";
import core from "@clipcourier/core/package.json" with { type: "json" };
import { describe, expect, test } from "vitest";
import { folder, manifest, readJson } from "./manifest.js";

const { commands, menus, keybindings, views, walkthroughs, configuration } = manifest.contributes;
const names = commands.map(({ command }) => command);
/** The commands of a key one by one. */
const ofKeys = keybindings.flatMap(({ command, args }) =>
  (args?.commands ?? [command]).map((one) => (typeof one === "string" ? one : one.command)),
);
const settings = Object.entries(configuration.properties);

// Who sets one of these decides where a key or a video goes, or what is started.
const decisive = ["serviceUrl", "network", "allowedStorageHosts", "localCommand"].map(
  (name) => `clipcourier.${name}`,
);

// `application`: the person's own, in remote windows too. `machine`: that of the machine on which the
// extension runs. `window`: a workspace may choose it, `language-overridable`: for each language.
const scopes: [setting: string, scope: string, reason: string][] = [
  ["serviceUrl", "application", "a person chooses whom to give a key"],
  ["concurrency", "application", "it takes the person's connection and memory"],
  ["maxMebibytesPerSecond", "application", "it is a limit for the person's connection"],
  ["verifyParts", "application", "a workspace must not take a check away"],
  ["maxVirtualFileMebibytes", "application", "it is a limit for the person's memory"],
  ["thumbnailTime", "window", "a project knows its videos, and can do no harm with it"],
  ["preview", "window", "a project knows its videos, and can do no harm with it"],
  [
    "insertTemplate",
    "language-overridable",
    "a project knows how it writes links, as it may format",
  ],
  ["watch", "window", "a workspace may ask for uploads, which the person then allows"],
  ["picturesInMenus", "window", "a project knows whether its pictures are shared"],
  ["network", "machine", "each machine has a network of its own"],
  ["allowedStorageHosts", "machine", "each machine has a network, and storage, of its own"],
  ["localCommand", "machine", "it starts a program on that machine"],
];

test("each setting counts where it should", () => {
  const found = settings.map(([name, { scope }]) => [name, scope]);
  const wanted = scopes.map(([name, scope]) => [`clipcourier.${name}`, scope]);
  expect(Object.fromEntries(found)).toEqual(Object.fromEntries(wanted));
});

test("a workspace cannot set what decides where keys go and what is started", () => {
  for (const name of decisive) {
    expect(configuration.properties[name]?.scope, name).toMatch(/^(application|machine)$/);
  }
  const { untrustedWorkspaces, virtualWorkspaces } = manifest.capabilities;
  expect(untrustedWorkspaces.supported).toBe("limited");
  // What is inserted into a text can tell others which clips a person has.
  const restricted = [...decisive, "clipcourier.insertTemplate", "clipcourier.watch"].sort();
  expect([...untrustedWorkspaces.restrictedConfigurations].sort()).toEqual(restricted);
  expect(virtualWorkspaces.supported).toBe("limited");
});

test.each(["", ".de", ".ja"])(
  "package.nls%s.json tells what is off in Restricted Mode",
  async (language) => {
    const texts = JSON.parse(
      await readFile(path.join(folder, `package.nls${language}.json`), "utf8"),
    );
    const tryLocally = texts["command.tryLocally"];
    expect(texts.untrusted).toContain(tryLocally);
    expect(texts.untrusted).toMatch(/MCP/);
  },
);

test("it runs where the files are, and is activated late", () => {
  expect(manifest.extensionKind).toEqual(["workspace"]);
  expect([...manifest.activationEvents].sort()).toEqual([
    "onStartupFinished",
    "onWebviewPanel:clipcourier.clip",
  ]);
});

test("it is found by the words that people search for", () => {
  expect(manifest.keywords).toEqual(
    expect.arrayContaining(["screen recording", "mp4", "markdown", "pull request"]),
  );
  // The Marketplace takes no more, and knows no category for what is made of videos.
  expect(manifest.keywords.length).toBeLessThanOrEqual(30);
  expect(new Set(manifest.keywords).size).toBe(manifest.keywords.length);
  expect(manifest.categories).toEqual(["Other"]);
});

test("it is compiled for the oldest editor and Node that it runs in, and the documents name them", async () => {
  const { engines, devDependencies } = manifest;
  const [editor = ""] = /1\.\d+/.exec(engines.vscode) ?? [];
  expect(engines.vscode).toBe(`^${editor}.0`);
  expect(devDependencies["@types/vscode"]).toBe(`~${editor}.0`);
  const [node = ""] = /\d+\.\d+/.exec(core.engines.node) ?? [];
  expect(devDependencies["@types/node"]).toBe(`~${node}.0`);
  for (const document of ["README.md", "../../docs/vscode.md"]) {
    const text = await readFile(path.join(folder, document), "utf8");
    expect(text, document).toContain(`VS Code ${editor}`);
  }
});

test.each(settings)("%s has a default within its limits", (name, setting) => {
  expect(name).toMatch(/^clipcourier\.[a-zA-Z]+$/);
  if (setting.type !== "integer" && setting.type !== "number") return;
  expect(setting.minimum).toBeTypeOf("number");
  expect(setting.maximum).toBeTypeOf("number");
  expect(setting.default).toBeGreaterThanOrEqual(setting.minimum ?? Number.NaN);
  expect(setting.default).toBeLessThanOrEqual(setting.maximum ?? Number.NaN);
});

test("every command that a menu, a key, a button or a walkthrough names is there", async () => {
  const inMenus = [
    ...Object.values(menus)
      .flat()
      .map(({ command }) => command),
    ...ofKeys,
  ];
  const texts = Object.values(await readJson<Record<string, string>>("package.nls.json"));
  const linked = texts.flatMap((text) => [...text.matchAll(/\(command:([\w.]+)\)/g)]);
  const ofViews = Object.values(views)
    .flat()
    .map(({ id }) => `${id}.focus`);
  // The one of the editor itself.
  const known = [...names, ...ofViews, "list.toggleSelection"];
  const used = [...inMenus, ...linked.map(([, command]) => command ?? "")];
  expect(linked.length).toBeGreaterThan(0);
  expect(used.filter((command) => !known.includes(command))).toEqual([]);
  expect(new Set(names).size).toBe(names.length);
});

test("a key counts in the Clips view alone", () => {
  expect(keybindings.length).toBeGreaterThan(0);
  for (const { command, when } of keybindings) {
    // Those of a row count nowhere, since no row has the keys: the menu of a row shows them.
    const context = command === "runCommands" ? /^focusedView == / : /^view == .*viewItem =~ /;
    expect(when).toMatch(/^\w+ == clipcourier\.clips && /);
    expect(when).toMatch(context);
  }
});

test("a command that needs an item of a view is not in the palette", () => {
  const hidden = (menus.commandPalette ?? [])
    .filter(({ when }) => when === "false")
    .map(({ command }) => command);
  const ofItems = (menus["view/item/context"] ?? []).map(({ command }) => command);
  expect(ofItems.filter((command) => !hidden.includes(command))).toEqual([]);
});

const pictures = walkthroughs.flatMap(({ steps }) => steps.map(({ media }) => media.svg));

test.each(pictures)("%s takes its colours from the theme", async (name) => {
  const picture = await readFile(path.join(folder, name), "utf8");
  const colours = [...picture.matchAll(/\b(?:fill|stroke)="([^"]*)"/g)].map(([, colour]) => colour);
  const own = colours.filter((colour) => !/^(none|var\(--vscode-.+\))$/.test(colour ?? ""));
  expect(colours.length).toBeGreaterThan(5);
  expect(own).toEqual([]);
  // The page that shows it allows no styles but its own.
  expect(picture).not.toMatch(/<style|style=|<script|href=/);
});

test("pictures have Upload as Clip where somebody has asked for it", () => {
  const { default: isOn } = configuration.properties["clipcourier.picturesInMenus"] ?? {};
  expect(isOn).toBe(false);
  for (const place of ["explorer/context", "editor/title/context"]) {
    const [, ofPictures, ...others] = (menus[place] ?? []).filter(
      ({ command }) => command === "clipcourier.upload",
    );
    expect(ofPictures?.when).toMatch(/^config\.clipcourier\.picturesInMenus && /);
    expect(ofPictures?.when).toContain(`(${photoExtensions.join("|")})`);
    expect(others).toEqual([]);
  }
});

describe("Upload as Clip shows by the name of the file", () => {
  const places = ["explorer/context", "editor/title", "editor/title/context"];
  const conditions = places.map((place) => {
    const item = menus[place]?.find(({ command }) => command === "clipcourier.upload");
    return [place, item?.when ?? ""] as const;
  });

  test.each(conditions)("in %s", async (_, when) => {
    const [, source = "", flags = ""] = /resourceExtname =~ \/(.+)\/(\w*)/.exec(when) ?? [];
    const pattern = new RegExp(source, flags);
    const isShown = (name: string) => pattern.test(path.posix.extname(name));
    const videos = ["a.mp4", "B.MOV", "c d.avi", "e.webm", "f.Mkv", "g.m4v", "h.txt.mp4", "ü.mp4"];
    const others = ["a.txt", "mp4", ".mp4", "a.mp4.txt", "a.mp3", "a.mp4x", "a.xmp4", "Makefile"];
    expect(videos.filter((name) => !isShown(name))).toEqual([]);
    expect(others.filter(isShown)).toEqual([]);
  });

  test("and the code takes the same ones for videos", () => {
    expect(videoExtensions.length).toBeGreaterThan(0);
    for (const [, when] of conditions) expect(when).toContain(`(${videoExtensions.join("|")})`);
  });

  test("in the Explorer not on a folder", () => {
    expect(conditions[0]?.[1]).toMatch(/^!explorerResourceIsFolder && /);
  });
});
