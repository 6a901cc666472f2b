import { type Credentials, keylessAppId } from "@clipcourier/core";
import {
  describeMissing,
  type FoundSettings,
  type SettingPlaces,
  serviceVariables,
} from "./found-settings.js";
import { type IdTokenSource, idTokenNames } from "./id-token.js";
import { UsageError } from "./usage-error.js";

/**
 * What to sign in with: a secret, or a key and a token, wherever they come from; or else an ID token.
 *
 * @throws UsageError that says what is missing, or given twice
 */
export function chooseCredentials(
  found: FoundSettings,
  idToken: IdTokenSource | undefined,
  places: SettingPlaces,
): Credentials {
  const { appId, appSecret, accessKey, accessToken } = found;
  const given = Object.values(found).map(({ label }) => label);
  if (accessKey && !accessToken) throw describeMissing("accessToken", given, places);
  if (accessToken && !accessKey) throw describeMissing("accessKey", given, places);
  const key = appSecret ?? accessKey;
  if (key === undefined) return { appId: keylessAppId, ...chooseIdToken(found, idToken, places) };
  if (idToken?.label === idTokenNames.flag) {
    throw new UsageError(`${idToken.label} and ${key.label} are both given: leave one out.`);
  }
  if (appId === undefined) throw describeMissing("appId", given, places);
  return {
    appId: appId.value,
    ...(appSecret && { appSecret: appSecret.value }),
    ...(accessKey && { accessKey: accessKey.value }),
    ...(accessToken && { accessToken: accessToken.value }),
  };
}

function chooseIdToken(
  { apiUrl, appId }: FoundSettings,
  idToken: IdTokenSource | undefined,
  places: SettingPlaces,
): Pick<Credentials, "getIdToken"> {
  if (appId !== undefined) throw describeLostSecret(appId.label, places);
  if (idToken !== undefined) return { getIdToken: idToken.getIdToken };
  const { idTokenOption } = places;
  const orOption = idTokenOption === undefined ? "" : ` or give ${idTokenOption}`;
  throw new UsageError(
    `${apiUrl?.label} is given, but nothing to sign in with. Set ${serviceVariables.appId} and ${serviceVariables.appSecret}; ` +
      `or, where the service has a rule for this CI job, set ${idTokenNames.variable}${orOption}. ` +
      "A job of GitHub gets its ID token with the permission id-token: write, one of Forgejo with enable-openid-connect: true. " +
      "(An empty variable counts as not set.)",
  );
}

/** Who gives an app id has a secret, too, and the CI system may have given an empty one. */
function describeLostSecret(label: string, { nameOption }: SettingPlaces): UsageError {
  return new UsageError(
    `${label} is given, but appSecret is missing: ${serviceVariables.appSecret} is empty or not set, and ${nameOption("appSecret")} is not given. ` +
      "In a CI job a secret is empty when its name is misspelt, for a pull request from a fork, for Dependabot, which has secrets of its own, " +
      "or when it belongs to an environment or a protected branch that the job does not run for. " +
      "To sign in with an ID token instead, leave the app id out: it needs none.",
  );
}
