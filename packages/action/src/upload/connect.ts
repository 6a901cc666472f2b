import type { ClientOptions } from "@clipcourier/core";
import type { ServiceInputs } from "../inputs/inputs.js";
import { keylessAppId, requestIdToken } from "./keyless.js";
import { MaskingClient, mask } from "./masks.js";

/** A client of the service, with the keys that were given, all of them masked. */
export function connect(
  { rootUrl, appId, keys }: ServiceInputs,
  maxAttempts: number | undefined,
): MaskingClient {
  const options = { rootUrl, retry: { attempts: maxAttempts } };
  return new MaskingClient({ ...options, appId: appId ?? keylessAppId, ...readKeys() });

  function readKeys(): Partial<ClientOptions> {
    switch (keys.kind) {
      case "secret":
        mask(keys.appSecret);
        return { appSecret: keys.appSecret };
      case "pair":
        mask(keys.accessToken);
        return { accessKey: keys.accessKey, accessToken: keys.accessToken };
      case "keyless":
        return { getIdToken: requestIdToken };
    }
  }
}
