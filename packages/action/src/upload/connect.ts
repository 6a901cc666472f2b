import { readStorageHosts } from "@clipcourier/batch";
import { type ClientOptions, DirectUploadClient, keylessAppId } from "@clipcourier/core";
import type { Keys, ServiceInputs } from "../inputs/inputs.js";
import { requestIdToken } from "./keyless.js";
import { mask } from "./masks.js";

/** A client of the service, which masks every secret as soon as it is known. */
export function connect(
  { rootUrl, appId, keys }: ServiceInputs,
  maxAttempts: number | undefined,
): DirectUploadClient {
  return new DirectUploadClient({
    rootUrl,
    appId: appId ?? keylessAppId,
    ...toCredentials(keys),
    retry: { attempts: maxAttempts },
    allowedStorageHosts: readStorageHosts(process.env),
    onSecret: mask,
  });
}

function toCredentials(keys: Keys): Partial<ClientOptions> {
  switch (keys.kind) {
    case "secret":
      return { appSecret: keys.appSecret };
    case "pair":
      return { accessKey: keys.accessKey, accessToken: keys.accessToken };
    case "keyless":
      return { getIdToken: requestIdToken };
  }
}
