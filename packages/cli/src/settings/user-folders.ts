import { homedir } from "node:os";
import path from "node:path";

/**
 * The folder of the user's settings (`config`), or of what an upload needs to be resumed after it
 * was killed (`state`): below %APPDATA% and %LOCALAPPDATA%, or $XDG_CONFIG_HOME and $XDG_STATE_HOME,
 * which are ~/.config and ~/.local/state by default. `undefined` for a user without a home.
 */
export function locateUserFolder(
  kind: "config" | "state",
  env: NodeJS.ProcessEnv = process.env,
): string | undefined {
  const isWindows = process.platform === "win32";
  const { variable, inHome } = (isWindows ? onWindows : elsewhere)[kind];
  const home = findHome();
  const base = env[variable] || (home && path.join(home, ...inHome));
  return base && path.join(base, "clipcourier");
}

const onWindows = {
  config: { variable: "APPDATA", inHome: ["AppData", "Roaming"] },
  state: { variable: "LOCALAPPDATA", inHome: ["AppData", "Local"] },
};

const elsewhere = {
  config: { variable: "XDG_CONFIG_HOME", inHome: [".config"] },
  state: { variable: "XDG_STATE_HOME", inHome: [".local", "state"] },
};

/** The home folder; `undefined` for a user without one. */
export function findHome(): string | undefined {
  try {
    return homedir() || undefined;
  } catch {
    // In a container, a user may be a mere number that the system knows nothing about.
    return undefined;
  }
}
