import { toPrintable } from "@clipcourier/batch";
import { UsageError } from "../terminal/usage-error.js";
import {
  type ConfigFile,
  type ConfigKey,
  configKeys,
  findProjectFile,
  locateUserFile,
  readConfigFile,
} from "./config-file.js";

/** The flags that choose the service. */
export interface ServiceFlags extends Partial<Record<ConfigKey, string>> {
  config?: string;
  folder?: string;
}

export interface Surroundings {
  env: NodeJS.ProcessEnv;
  workingFolder: string;
  userFile: string;
}

export interface ServiceSettings {
  rootUrl: string;
  appId: string;
  appSecret?: string;
  accessKey?: string;
  accessToken?: string;
  /** The path of the project's config file, when the address comes from it. */
  chosenBy?: string;
}

/** One place that settings come from. */
interface Layer {
  values: Partial<Record<ConfigKey, string | undefined>>;
  /** For messages: `--api-url`, `CLIPCOURIER_API_URL`, `apiUrl in /home/me/.config/…`. */
  label(key: ConfigKey): string;
  /**
   * Its path, when it is a config file of the project that was found and not named by `--config`.
   */
  projectFile?: string;
}

interface Setting {
  value: string;
  layer: Layer;
  label: string;
}
type Found = Partial<Record<ConfigKey, Setting>>;

const names: Record<ConfigKey, { flag: string; variable: string }> = {
  apiUrl: { flag: "--api-url", variable: "CLIPCOURIER_API_URL" },
  appId: { flag: "--app-id", variable: "CLIPCOURIER_APP_ID" },
  appSecret: { flag: "--app-secret", variable: "CLIPCOURIER_APP_SECRET" },
  accessKey: { flag: "--access-key", variable: "CLIPCOURIER_ACCESS_KEY" },
  accessToken: { flag: "--access-token", variable: "CLIPCOURIER_ACCESS_TOKEN" },
};

export function readSurroundings(): Surroundings {
  return { env: process.env, workingFolder: process.cwd(), userFile: locateUserFile() };
}

/**
 * Reads and checks the settings of the service; `undefined` when none is configured.
 *
 * @throws UsageError that says which setting is missing or wrong, and where it came from
 */
export async function resolveService(
  flags: ServiceFlags,
  surroundings: Surroundings,
): Promise<ServiceSettings | undefined> {
  const found = findSettings(await collectLayers(flags, surroundings));
  if (Object.keys(found).length === 0) return undefined;
  for (const key of configKeys) checkSetting(key, found[key]);
  const { apiUrl, appId } = found;
  if (apiUrl === undefined) throw describeMissing("apiUrl", found);
  if (appId === undefined) throw describeMissing("appId", found);
  checkKeys(found);
  refuseForeignAddress(apiUrl, found);
  const { projectFile } = apiUrl.layer;
  return {
    rootUrl: apiUrl.value,
    appId: appId.value,
    ...(found.appSecret && { appSecret: found.appSecret.value }),
    ...(found.accessKey && { accessKey: found.accessKey.value }),
    ...(found.accessToken && { accessToken: found.accessToken.value }),
    ...(projectFile !== undefined && { chosenBy: projectFile }),
  };
}

/** Every place that settings come from, the one that takes precedence first. */
async function collectLayers(
  flags: ServiceFlags,
  { env, workingFolder, userFile }: Surroundings,
): Promise<Layer[]> {
  const variables = configKeys.map((key) => [key, env[names[key].variable] || undefined] as const);
  const layers: Layer[] = [
    { values: flags, label: (key) => names[key].flag },
    { values: Object.fromEntries(variables), label: (key) => names[key].variable },
  ];
  if (flags.config !== undefined) {
    return [...layers, toLayer(await readNamedFile(flags.config))];
  }
  const projectPath = await findProjectFile(workingFolder);
  const project = projectPath === undefined ? undefined : await readConfigFile(projectPath);
  if (project) layers.push({ ...toLayer(project), projectFile: project.path });
  const user = await readConfigFile(userFile);
  if (user) layers.push(toLayer(user));
  return layers;
}

async function readNamedFile(file: string): Promise<ConfigFile> {
  const found = await readConfigFile(file);
  if (found) return found;
  throw new UsageError(`--config: there is no file ${file}.`);
}

function toLayer({ path, values }: ConfigFile): Layer {
  return { values, label: (key) => `${key} in ${path}` };
}

function findSettings(layers: readonly Layer[]): Found {
  const found: Found = {};
  for (const key of configKeys) {
    for (const layer of layers) {
      const value = layer.values[key];
      if (value === undefined) continue;
      found[key] = { value, layer, label: layer.label(key) };
      break;
    }
  }
  return found;
}

function checkSetting(key: ConfigKey, setting: Setting | undefined): void {
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

function checkKeys(found: Found): void {
  const { appSecret, accessKey, accessToken } = found;
  if (accessKey && !accessToken) throw describeMissing("accessToken", found);
  if (accessToken && !accessKey) throw describeMissing("accessKey", found);
  if (!appSecret && !accessKey) throw describeMissing("appSecret", found);
}

function describeMissing(key: ConfigKey, found: Found): UsageError {
  const { flag, variable } = names[key];
  const given = Object.values(found).map(({ label }) => label);
  return new UsageError(
    `${key} is missing: set ${variable}, give ${flag}, or put it in a config file. ` +
      `(Given: ${given.join(", ")}; an empty variable counts as not set.)`,
  );
}

/**
 * An address from the project's config file is used only with keys from that same file. Otherwise
 * whoever can write to the project could have everybody's secret sent to an address of their own.
 */
function refuseForeignAddress(apiUrl: Setting, found: Found): void {
  if (apiUrl.layer.projectFile === undefined) return;
  for (const key of ["appSecret", "accessKey", "accessToken"] as const) {
    const secret = found[key];
    if (secret === undefined || secret.layer === apiUrl.layer) continue;
    throw new UsageError(
      `The address ${toPrintable(apiUrl.value)} comes from ${apiUrl.layer.projectFile}, but the key from ${secret.label}. ` +
        "A file of the project must not choose where your keys are sent, so nothing was sent. " +
        `If you trust this address, name it yourself: ${names.apiUrl.variable}, ${names.apiUrl.flag}, or --config with this file.`,
    );
  }
}
