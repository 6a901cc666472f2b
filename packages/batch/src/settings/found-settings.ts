import { toPrintable } from "../printable.js";
import { UsageError } from "./usage-error.js";

/** The settings that say which service, and what to sign in with. Every value is a string. */
export const serviceKeys = ["apiUrl", "appId", "appSecret", "accessKey", "accessToken"] as const;
export type ServiceKey = (typeof serviceKeys)[number];

/** The variable of each setting, for every program. An empty one counts as not set. */
export const serviceVariables: Readonly<Record<ServiceKey, string>> = {
  apiUrl: "CLIPCOURIER_API_URL",
  appId: "CLIPCOURIER_APP_ID",
  appSecret: "CLIPCOURIER_APP_SECRET",
  accessKey: "CLIPCOURIER_ACCESS_KEY",
  accessToken: "CLIPCOURIER_ACCESS_TOKEN",
};

/** How a program is given settings other than by variables, for messages. */
export interface SettingPlaces {
  /** What it calls the option of a setting: `--api-url`. */
  nameOption(key: ServiceKey): string;
  /** What else a person can do where a setting is missing: `put it in a config file`. */
  elsewhere?: string;
  /** The option that names a file with an ID token, where there is one: `--id-token-file`. */
  idTokenOption?: string;
}

/** One place that settings come from. */
export interface Layer {
  values: Partial<Record<ServiceKey, string | undefined>>;
  /** For messages: `--api-url`, `CLIPCOURIER_API_URL`, `apiUrl in /home/me/.config/…`. */
  label(key: ServiceKey): string;
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
export type FoundSettings = Partial<Record<ServiceKey, Setting>>;

/** The settings that the variables give. */
export function readVariables(env: NodeJS.ProcessEnv): Layer {
  const variables = serviceKeys.map((key) => [key, env[serviceVariables[key]] || undefined]);
  return { values: Object.fromEntries(variables), label: (key) => serviceVariables[key] };
}

/**
 * Takes each setting from the first layer that has it.
 *
 * @throws UsageError when one is no setting of its kind. The message does not have a secret.
 */
export function findSettings(layers: readonly Layer[]): FoundSettings {
  const found: FoundSettings = {};
  for (const key of serviceKeys) {
    const layer = layers.find(({ values }) => values[key] !== undefined);
    const value = layer?.values[key];
    if (layer !== undefined && value !== undefined) {
      found[key] = { value, layer, label: layer.label(key) };
    }
  }
  for (const key of serviceKeys) checkSetting(key, found[key]);
  return found;
}

/** The error for a setting that is needed with those that are given. */
export function describeMissing(
  key: ServiceKey,
  given: readonly string[],
  { nameOption, elsewhere }: SettingPlaces,
): UsageError {
  const option = nameOption(key);
  const ways = elsewhere === undefined ? ` or give ${option}` : `, give ${option}, or ${elsewhere}`;
  return new UsageError(
    `${key} is missing: set ${serviceVariables[key]}${ways}. ` +
      `(Given: ${given.join(", ")}; an empty variable counts as not set.)`,
  );
}

function checkSetting(key: ServiceKey, setting: Setting | undefined): void {
  if (setting === undefined) return;
  const { value, label } = setting;
  if (key === "apiUrl") checkAddress(value, label);
  // The value is not printed: it may be a secret that was put into the wrong setting.
  else if (!/^[\x21-\x7e]+$/.test(value)) {
    throw new UsageError(
      `${label} must be visible ASCII characters without spaces. Check how it was pasted.`,
    );
  }
}

function checkAddress(value: string, label: string): void {
  const url = URL.parse(value);
  if (url === null || !/^https?:$/.test(url.protocol)) {
    throw new UsageError(
      `${label} is "${toPrintable(value)}", which is no http or https address such as https://clips.example.com/v2.7/.`,
    );
  }
  if (url.username || url.password || url.search || url.hash) {
    throw new UsageError(
      `${label} must hold no user, password, query or fragment. Give keys by their own settings.`,
    );
  }
}
