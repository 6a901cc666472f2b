import { homedir } from "node:os";
import path from "node:path";

/**
 * The folder that remembers which parts of an upload are stored, so that an upload that was killed
 * can be resumed: below %LOCALAPPDATA%, $XDG_STATE_HOME or ~/.local/state.
 */
export function locateStateFolder(env: NodeJS.ProcessEnv = process.env): string {
  const base =
    process.platform === "win32"
      ? env.LOCALAPPDATA || path.join(homedir(), "AppData", "Local")
      : env.XDG_STATE_HOME || path.join(homedir(), ".local", "state");
  return path.join(base, "clipcourier");
}
