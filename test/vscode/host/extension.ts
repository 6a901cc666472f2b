import { createRequire } from "node:module";
import { join, relative } from "node:path";
import type { ClipcourierApi } from "@clipcourier/vscode-api";
import { commands, type Extension, extensions } from "vscode";

/** The installed extension. */
export function findExtension(): Extension<ClipcourierApi> {
  const id = "clipcourier.clipcourier-vscode";
  const extension = extensions.getExtension<ClipcourierApi>(id);
  if (extension === undefined) throw new Error(`${id} is not installed.`);
  return extension;
}

/** What the editor knows about the extension, without activating it. */
export async function describeExtension() {
  const { isActive, extensionPath, packageJSON } = findExtension();
  const contributed: { command: string }[] = packageJSON.contributes.commands;
  const registered = new Set(await commands.getCommands(true));
  return {
    ...{ isActive, extensionPath },
    commands: contributed.map(({ command }) => command),
    missingCommands: contributed.filter(({ command }) => !registered.has(command)),
  };
}

/** The types of the values in the API for other extensions, by their names. */
export async function readApiKeys(): Promise<Record<string, string>> {
  const api = await findExtension().activate();
  return Object.fromEntries(Object.entries(api).map(([name, value]) => [name, typeof value]));
}

/** The extension's files whose code is loaded, as paths in its folder. */
export function listLoadedFiles(): string[] {
  const { extensionPath } = findExtension();
  const { cache } = createRequire(join(extensionPath, "package.json"));
  return Object.keys(cache)
    .filter((path) => path.startsWith(extensionPath))
    .map((path) => relative(extensionPath, path))
    .sort();
}
