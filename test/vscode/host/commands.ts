import { commands, Uri } from "vscode";

/**
 * Runs a command, with the argument that the menu of a file would pass.
 *
 * @returns when the command was started, in ms since 1970
 */
export async function runCommand(name: string, uri?: string): Promise<number> {
  const clicked = uri === undefined ? undefined : Uri.parse(uri, true);
  const startedAt = performance.timeOrigin + performance.now();
  await commands.executeCommand(name, clicked, clicked && [clicked]);
  return startedAt;
}
