import { commands, Uri } from "vscode";

/**
 * Runs a command, as a menu does where it stands on a file.
 *
 * @returns when it was begun, in ms since 1970
 */
export async function runCommand(name: string, uri?: string): Promise<number> {
  const clicked = uri === undefined ? undefined : Uri.parse(uri, true);
  const startedAt = performance.timeOrigin + performance.now();
  await commands.executeCommand(name, clicked, clicked && [clicked]);
  return startedAt;
}
