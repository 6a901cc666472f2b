import { commands, Uri } from "vscode";

/**
 * Runs a command, with the argument that the menu of a file would pass.
 *
 * @returns when the command was started, in ms since 1970, and the ms of CPU time that all threads
 *   of the extension host took for it
 */
export async function runCommand(name: string, uri?: string) {
  const clicked = uri === undefined ? undefined : Uri.parse(uri, true);
  const startedAt = performance.timeOrigin + performance.now();
  const before = process.cpuUsage();
  await commands.executeCommand(name, clicked, clicked && [clicked]);
  const { user, system } = process.cpuUsage(before);
  return { startedAt, work: (user + system) / 1000 };
}
