import { readdir, readFile } from "node:fs/promises";
import path from "node:path";
import { getL10nJson } from "@vscode/l10n-dev";
import { beforeAll, expect, test } from "vitest";
import { folder, readJson } from "./manifest.js";

type Texts = Record<string, string>;

const languages = ["de", "ja"] as const;

// Names, and words that German has taken over.
const sameInGerman = ["Clipcourier", "Clips", "Codec", "Format", "Link", "Videos", "{0}/s"];
const sameInJapanese = ["Clipcourier"];
const same = { de: sameInGerman, ja: sameInJapanese };

async function readManifestKeys(): Promise<string[]> {
  const text = await readFile(path.join(folder, "package.json"), "utf8");
  return [...new Set([...text.matchAll(/%([\w.]+)%/g)].map(([, key]) => key ?? ""))].sort();
}

/** The code, by the names of its files. */
async function readSources(): Promise<[string, string][]> {
  const sources = path.join(folder, "src");
  const names = (await readdir(sources, { recursive: true })).filter((one) => one.endsWith(".ts"));
  const read = async (name: string): Promise<[string, string]> => [
    name,
    await readFile(path.join(sources, name), "utf8"),
  ];
  return Promise.all(names.map(read));
}

/** The texts of the code, by their keys. */
async function exportTexts(): Promise<Texts> {
  const sources = await readSources();
  const scripts = sources.map(([, contents]) => ({ contents, extension: ".ts" }));
  const messages = Object.entries(await getL10nJson(scripts)).map(([key, text]) => [
    key,
    typeof text === "string" ? text : text.message,
  ]);
  return Object.fromEntries(messages);
}

let textsOfCode: Texts;

beforeAll(async () => {
  textsOfCode = await exportTexts();
});

function listPlaceholders(text: string): string[] {
  return (text.match(/\{\d+\}/g) ?? []).sort();
}

function listLinks(text: string): string[] {
  return text.match(/\((command:[^)]+)\)|`#[^`]+#`/g) ?? [];
}

function hasWords(text: string): boolean {
  return /\p{L}/u.test(text.replace(/\{\d+\}/g, ""));
}

function listUntranslated(english: Texts, translated: Texts, language: "de" | "ja"): string[] {
  return Object.entries(english)
    .filter(([key, text]) => translated[key] === text && hasWords(text))
    .map(([, text]) => text)
    .filter((text) => !same[language].includes(text));
}

test("the manifest's keys are in all three files, and nothing is left over", async () => {
  const keys = await readManifestKeys();
  expect(keys.length).toBeGreaterThan(0);
  for (const name of ["package.nls.json", "package.nls.de.json", "package.nls.ja.json"]) {
    const texts = await readJson<Texts>(name);
    expect(Object.keys(texts).sort(), name).toEqual(keys);
    expect(Object.values(texts).filter((text) => text.trim() === "")).toEqual([]);
  }
});

test.each(languages)(
  "the manifest's texts in %s are translated, with the same links",
  async (language) => {
    const english = await readJson<Texts>("package.nls.json");
    const translated = await readJson<Texts>(`package.nls.${language}.json`);
    expect(listUntranslated(english, translated, language)).toEqual([]);
    for (const [key, text] of Object.entries(english)) {
      expect(listLinks(translated[key] ?? ""), key).toEqual(listLinks(text));
    }
  },
);

test.each(languages)("every text of the code is in the bundle in %s", async (language) => {
  const english = textsOfCode;
  const translated = await readJson<Texts>(`l10n/bundle.l10n.${language}.json`);
  expect(Object.keys(english).length).toBeGreaterThan(50);
  expect(Object.keys(translated).sort()).toEqual(Object.keys(english).sort());
  for (const [key, text] of Object.entries(english)) {
    expect(listPlaceholders(translated[key] ?? ""), key).toEqual(listPlaceholders(text));
  }
  expect(listUntranslated(english, translated, language)).toEqual([]);
});

test("no text that people read goes around the translation", async () => {
  const shown =
    /show(?:Information|Warning|Error)Message(?:<\w+>)?\(\s*["'`]|\b(?:title|prompt|placeHolder|openLabel):\s*["'`][A-Z]/g;
  for (const [name, code] of await readSources()) {
    expect(code.match(shown) ?? [], name).toEqual([]);
  }
});
