import { workspace } from "vscode";
import { chooseCommand, type ProgramCall } from "./choose-command.js";

/** How the command line is started on this machine. */
export function readLocalCommand(): ProgramCall {
  return chooseCommand(workspace.getConfiguration("clipcourier").get<unknown>("localCommand"));
}
