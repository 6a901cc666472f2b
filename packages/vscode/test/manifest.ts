import { readFile } from "node:fs/promises";
import path from "node:path";
import { fileURLToPath } from "node:url";

/** The extension's folder. */
export const folder = fileURLToPath(new URL("..", import.meta.url));

interface MenuItem {
  command: string;
  when?: string;
}

interface Setting {
  scope: string;
  type: string;
  default: unknown;
  minimum?: number;
  maximum?: number;
}

/** What of `package.json` the tests look at. */
export interface Manifest {
  name: string;
  version: string;
  main: string;
  l10n: string;
  icon: string;
  categories: string[];
  keywords: string[];
  repository: { url: string };
  engines: { vscode: string };
  devDependencies: Record<string, string>;
  extensionKind: string[];
  activationEvents: string[];
  capabilities: {
    untrustedWorkspaces: { supported: unknown; restrictedConfigurations: string[] };
    virtualWorkspaces: { supported: unknown };
  };
  contributes: {
    commands: { command: string; title: string }[];
    menus: Record<string, MenuItem[]>;
    keybindings: Keybinding[];
    views: Record<string, { id: string }[]>;
    walkthroughs: { steps: { media: { svg: string } }[] }[];
    configuration: { properties: Record<string, Setting> };
  };
}

interface Keybinding extends MenuItem {
  key: string;
  /** Of `runCommands`. */
  args?: { commands: (string | { command: string })[] };
}

export async function readJson<T>(name: string): Promise<T> {
  return JSON.parse(await readFile(path.join(folder, name), "utf8"));
}

export const manifest = await readJson<Manifest>("package.json");
