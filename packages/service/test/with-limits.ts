import { JsonObjects } from "../src/catalog/json-objects.js";
import { Retention } from "../src/clips/retention.js";
import type { RetentionHistory } from "../src/clips/retention-history.js";
import type { ObjectStore } from "../src/index.js";
import type { FindAccountLimits } from "../src/limits/account-limits.js";
import { DayQuota } from "../src/uploads/day-quota.js";

/** What holds accounts to their limits, where these are none. */
export function withLimits(
  store: ObjectStore,
  now: () => number,
  findLimits: FindAccountLimits = () => ({}),
  history?: RetentionHistory,
) {
  const fail = ({ key }: { key: string }) => {
    throw new Error(`${key} is damaged`);
  };
  return {
    retention: new Retention(findLimits, now, history),
    quota: new DayQuota({ objects: new JsonObjects(store, fail), findLimits, now }),
  };
}
