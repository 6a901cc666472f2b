import { UsageError } from "../terminal/usage-error.js";
import type { ConfigKey } from "./config-file.js";

/** One place that settings come from. */
export interface Layer {
  values: Partial<Record<ConfigKey, string | undefined>>;
  /** For messages: `--api-url`, `CLIPCOURIER_API_URL`, `apiUrl in /home/me/.config/…`. */
  label(key: ConfigKey): string;
  /**
   * Its path, when it is a config file of the project that was found and not named by `--config`.
   */
  projectFile?: string;
}

export interface Setting {
  value: string;
  layer: Layer;
  label: string;
}
export type FoundSettings = Partial<Record<ConfigKey, Setting>>;

export const settingNames: Record<ConfigKey, { flag: string; variable: string }> = {
  apiUrl: { flag: "--api-url", variable: "CLIPCOURIER_API_URL" },
  appId: { flag: "--app-id", variable: "CLIPCOURIER_APP_ID" },
  appSecret: { flag: "--app-secret", variable: "CLIPCOURIER_APP_SECRET" },
  accessKey: { flag: "--access-key", variable: "CLIPCOURIER_ACCESS_KEY" },
  accessToken: { flag: "--access-token", variable: "CLIPCOURIER_ACCESS_TOKEN" },
};

/** The error for a setting that is needed with those that are given. */
export function describeMissing(key: ConfigKey, given: readonly string[]): UsageError {
  const { flag, variable } = settingNames[key];
  return new UsageError(
    `${key} is missing: set ${variable}, give ${flag}, or put it in a config file. ` +
      `(Given: ${given.join(", ")}; an empty variable counts as not set.)`,
  );
}
