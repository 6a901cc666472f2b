import type { AccountLimits, AccountLimitsOptions } from "@clipcourier/service";
import type { ServeValues } from "./serve-keys.js";

/** What the service is told of the limits of accounts. */
export function toAccountLimits(values: ServeValues): Required<AccountLimitsOptions> {
  const {
    maxSize,
    mediaTypes,
    bytesPerDay,
    clipsPerDay,
    retentionDays,
    pullRequestDays,
    accounts = {},
  } = values;
  const { private: isPrivate, privatePictures } = values;
  const accountLimits: AccountLimits = {
    ...(maxSize !== undefined && { maxSize }),
    ...(mediaTypes !== undefined && { mediaTypes }),
    ...(bytesPerDay !== undefined && { bytesPerDay }),
    ...(clipsPerDay !== undefined && { clipsPerDay }),
    ...(retentionDays !== undefined && { retentionDays }),
    ...(pullRequestDays !== undefined && { pullRequestDays }),
    ...(isPrivate !== undefined && { private: isPrivate }),
    ...(privatePictures !== undefined && { privatePictures }),
  };
  return { accountLimits, limitsByAccount: accounts };
}
