import { toPrintable } from "@clipcourier/batch";
import type { Credentials } from "@clipcourier/core";
import { UsageError } from "../terminal/usage-error.js";
import {
  type ConfigFile,
  type ConfigKey,
  configKeys,
  findProjectFile,
  locateUserFile,
  readConfigFile,
  readUserFile,
} from "./config-file.js";
import { chooseCredentials } from "./credentials.js";
import {
  describeMissing,
  type FoundSettings,
  type Layer,
  type Setting,
  settingNames,
} from "./found-settings.js";
import { findIdToken, type IdTokenFlags, type IdTokenSource } from "./id-token.js";

/** The flags that choose the service. */
export interface ServiceFlags extends Partial<Record<ConfigKey, string>>, IdTokenFlags {
  config?: string;
  folder?: string;
}

export interface Surroundings {
  env: NodeJS.ProcessEnv;
  workingFolder: string;
  /** `undefined` for a user without a home. */
  userFile: string | undefined;
}

export interface ServiceSettings extends Credentials {
  rootUrl: string;
  /** The path of the project's config file, when the address comes from it. */
  chosenBy?: string;
}

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
  const idToken = await findIdToken(flags, surroundings.env);
  // A runner offers its token to every job, so it does not say that a service is configured.
  const given = idToken?.isForAddress === false ? [idToken.label] : [];
  given.push(...Object.values(found).map(({ label }) => label));
  if (given.length === 0) return undefined;
  for (const key of configKeys) checkSetting(key, found[key]);
  const { apiUrl } = found;
  if (apiUrl === undefined) throw describeMissing("apiUrl", given);
  const credentials = chooseCredentials(found, idToken);
  refuseForeignAddress(apiUrl, found, credentials.getIdToken && idToken);
  const { projectFile } = apiUrl.layer;
  return {
    rootUrl: apiUrl.value,
    ...credentials,
    ...(projectFile !== undefined && { chosenBy: projectFile }),
  };
}

/** Every place that settings come from, the one that takes precedence first. */
async function collectLayers(
  flags: ServiceFlags,
  { env, workingFolder, userFile }: Surroundings,
): Promise<Layer[]> {
  const variables = configKeys.map(
    (key) => [key, env[settingNames[key].variable] || undefined] as const,
  );
  const layers: Layer[] = [
    { values: flags, label: (key) => settingNames[key].flag },
    { values: Object.fromEntries(variables), label: (key) => settingNames[key].variable },
  ];
  if (flags.config !== undefined) {
    return [...layers, toLayer(await readNamedFile(flags.config))];
  }
  const projectPath = await findProjectFile(workingFolder);
  const project = projectPath === undefined ? undefined : await readConfigFile(projectPath);
  if (project) layers.push({ ...toLayer(project), projectFile: project.path });
  const user = userFile === undefined ? undefined : await readUserFile(userFile);
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

function findSettings(layers: readonly Layer[]): FoundSettings {
  const found: FoundSettings = {};
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

/**
 * An address from the project's config file is used only with keys from that same file. Otherwise
 * whoever can write to the project could have everybody's secret sent to an address of their own.
 */
function refuseForeignAddress(
  apiUrl: Setting,
  found: FoundSettings,
  idToken: IdTokenSource | undefined,
): void {
  if (apiUrl.layer.projectFile === undefined) return;
  const keys = (["appSecret", "accessKey", "accessToken"] as const).flatMap((key) => {
    const secret = found[key];
    return secret === undefined || secret.layer === apiUrl.layer ? [] : [secret.label];
  });
  // A token that is made for the address is of no use to others whom it may be sent on to.
  if (idToken?.isForAddress === false) keys.push(idToken.label);
  const [label] = keys;
  if (label === undefined) return;
  throw new UsageError(
    `The address ${toPrintable(apiUrl.value)} comes from ${apiUrl.layer.projectFile}, but the key from ${label}. ` +
      "A file of the project must not choose where your keys are sent, so nothing was sent. " +
      `If you trust this address, name it yourself: ${settingNames.apiUrl.variable}, ${settingNames.apiUrl.flag}, or --config with this file.`,
  );
}
