import { homedir } from "node:os";
import path from "node:path";

/**
 * Where it is kept which parts of an upload are stored, so that one that was killed goes on: below
 * %LOCALAPPDATA%, $XDG_STATE_HOME or ~/.local/state.
 */
export function locateStateFolder(env: NodeJS.ProcessEnv = process.env): string {
  const base =
    process.platform === "win32"
      ? env.LOCALAPPDATA || path.join(homedir(), "AppData", "Local")
      : env.XDG_STATE_HOME || path.join(homedir(), ".local", "state");
  return path.join(base, "clipcourier");
}
