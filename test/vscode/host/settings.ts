import { ConfigurationTarget, workspace } from "vscode";

/** The values of the extension's settings that count in this window, without its prefix. */
export function readSettings(names: readonly string[]): Record<string, unknown> {
  const settings = workspace.getConfiguration("clipcourier");
  return Object.fromEntries(names.map((name) => [name, settings.get(name)]));
}

/** Changes the user settings; `null` resets one to its default. */
export async function changeSettings(settings: Record<string, unknown>): Promise<void> {
  for (const [name, value] of Object.entries(settings)) {
    const wanted = value === null ? undefined : value;
    await workspace.getConfiguration().update(name, wanted, ConfigurationTarget.Global);
  }
}
