import {
  chooseCredentials,
  describeMissing,
  type FoundSettings,
  findIdToken,
  findSettings,
  type IdTokenFlags,
  type IdTokenSource,
  type Layer,
  readVariables,
  type ServiceKey,
  type Setting,
  type SettingPlaces,
  serviceVariables,
  toPrintable,
  UsageError,
} from "@clipcourier/batch";
import type { Credentials } from "@clipcourier/core";
import {
  type ConfigFile,
  findProjectFile,
  locateUserFile,
  readConfigFile,
  readUserFile,
} from "./config-file.js";

const flagNames: Readonly<Record<ServiceKey, string>> = {
  apiUrl: "--api-url",
  appId: "--app-id",
  appSecret: "--app-secret",
  accessKey: "--access-key",
  accessToken: "--access-token",
};

const places: SettingPlaces = {
  nameOption: (key) => flagNames[key],
  elsewhere: "put it in a config file",
  idTokenOption: "--id-token-file",
};

/** The flags that choose the service. */
export interface ServiceFlags extends Partial<Record<ServiceKey, string>>, IdTokenFlags {
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
  const { apiUrl } = found;
  if (apiUrl === undefined) throw describeMissing("apiUrl", given, places);
  const credentials = chooseCredentials(found, idToken, places);
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
  const layers: Layer[] = [{ values: flags, label: (key) => flagNames[key] }, readVariables(env)];
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
      `If you trust this address, name it yourself: ${serviceVariables.apiUrl}, ${flagNames.apiUrl}, or --config with this file.`,
  );
}
