import { commands, Uri } from "vscode";

/**
 * Runs a command, as a menu does where it stands on a file.
 *
 * @returns when it was begun, in ms since 1970, and the ms of CPU time that the extension host, all
 *   threads of it, took for it
 */
export async function runCommand(name: string, uri?: string) {
  const clicked = uri === undefined ? undefined : Uri.parse(uri, true);
  const startedAt = performance.timeOrigin + performance.now();
  const before = process.cpuUsage();
  await commands.executeCommand(name, clicked, clicked && [clicked]);
  const { user, system } = process.cpuUsage(before);
  return { startedAt, work: (user + system) / 1000 };
}
