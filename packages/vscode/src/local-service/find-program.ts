import { delimiter, join } from "node:path";
import { type LogOutputChannel, l10n, type Uri, workspace } from "vscode";
import which from "which";
import { defaultCommand, type ProgramCall } from "../services/choose-command.js";
import { readLocalCommand } from "../services/local-command.js";
import { Refusal } from "../texts/describe-error.js";

/** A program that starts a service, and what it is given before `serve`. */
export interface LocalProgram {
  /** Its path. */
  program: string;
  args: string[];
  /** How a person calls it. */
  name: string;
}

const commandLine = "clipcourier";

/**
 * The command line that is installed in the workspace, else on the `PATH`, else the service that comes
 * with the extension, which the editor's own Node runs. A command that the person has chosen in
 * `clipcourier.localCommand` is the only one that counts. The order and the choice are in the log.
 *
 * Call it in a trusted workspace only.
 *
 * @param extension the folder of the extension
 */
export async function findProgram(extension: Uri, log: LogOutputChannel): Promise<LocalProgram> {
  const command = readLocalCommand();
  if (JSON.stringify(command) !== JSON.stringify(defaultCommand)) return findChosen(command, log);
  const installed = await findInstalled(log);
  if (installed !== undefined) return { program: installed, args: [], name: commandLine };
  log.info("Try It Locally: the service that comes with the extension");
  const packed = join(extension.fsPath, "dist", "local-service", "serve.js");
  return { program: process.execPath, args: [packed], name: commandLine };
}

async function findChosen(command: ProgramCall, log: LogOutputChannel): Promise<LocalProgram> {
  const [name, ...args] = command;
  const program = await which(name, { nothrow: true });
  log.info(`Try It Locally: clipcourier.localCommand is ${command.join(" ")}: ${program ?? "no"}`);
  if (program !== null) return { program, args, name };
  throw new Refusal(
    l10n.t("{0} was not found on this machine. Check clipcourier.localCommand.", name),
  );
}

async function findInstalled(log: LogOutputChannel): Promise<string | undefined> {
  const folders = (workspace.workspaceFolders ?? [])
    .filter(({ uri }) => uri.scheme === "file")
    .map(({ uri }) => join(uri.fsPath, "node_modules", ".bin"));
  const places = [
    // An empty path would be that of the environment.
    ...(folders.length > 0 ? [["node_modules/.bin of the workspace", folders] as const] : []),
    ["the PATH", undefined] as const,
  ];
  for (const [place, path] of places) {
    const options = { nothrow: true, ...(path && { path: path.join(delimiter) }) } as const;
    const found = await which(commandLine, options);
    log.info(`Try It Locally: ${commandLine} in ${place}: ${found ?? "no"}`);
    if (found !== null) return found;
  }
  return undefined;
}
