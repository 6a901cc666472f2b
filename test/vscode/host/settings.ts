import { ConfigurationTarget, workspace } from "vscode";

/** Changes the user settings; `null` resets one to its default. */
export async function changeSettings(settings: Record<string, unknown>): Promise<void> {
  for (const [name, value] of Object.entries(settings)) {
    const wanted = value === null ? undefined : value;
    await workspace.getConfiguration().update(name, wanted, ConfigurationTarget.Global);
  }
}
