import {
  chooseCredentials,
  describeMissing,
  findIdToken,
  findSettings,
  readStorageHosts,
  readVariables,
  type SettingPlaces,
  serviceKeys,
} from "@clipcourier/batch";
import { DirectUploadClient } from "@clipcourier/core";
import type { RecordingOptions } from "./options.js";

const places: SettingPlaces = { nameOption: (key) => `the reporter's option ${key}` };

/**
 * A client of the service that the options, and then the variables of the environment, name; `undefined`
 * where they name none, as on the machine of a developer.
 *
 * @throws UsageError that says which setting is missing or wrong, and where it came from
 */
export async function connect(
  options: RecordingOptions,
  env: NodeJS.ProcessEnv,
): Promise<DirectUploadClient | undefined> {
  const given = Object.fromEntries(serviceKeys.map((key) => [key, options[key] || undefined]));
  const layer = { values: given, label: places.nameOption };
  const found = findSettings([layer, readVariables(env)]);
  const labels = Object.values(found).map(({ label }) => label);
  if (labels.length === 0) return undefined;
  const { apiUrl } = found;
  if (apiUrl === undefined) throw describeMissing("apiUrl", labels, places);
  return new DirectUploadClient({
    rootUrl: apiUrl.value,
    ...chooseCredentials(found, await findIdToken({}, env), places),
    allowedStorageHosts: readStorageHosts(env),
  });
}
