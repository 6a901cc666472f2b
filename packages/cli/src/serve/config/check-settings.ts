import { ClientAddresses, resolveAccountLimits, resolveLimits } from "@clipcourier/service";
import { UsageError } from "../../terminal/usage-error.js";
import { type KeylessRules, readKeylessRules } from "../rules-file.js";
import { readGround, type ServeGround } from "../serve-ground.js";
import { toAccountLimits } from "./account-limits.js";
import type { ServeKeyName } from "./serve-keys.js";
import type { ServeSettings } from "./serve-settings.js";

/** What settings lead to. */
export interface CheckedSettings {
  ground: ServeGround;
  rules: KeylessRules;
}

/**
 * Checks all that can be checked without a service: what belongs together, and the files that are named.
 *
 * @throws UsageError that names the flag, the variable or the line
 */
export async function checkServeSettings(settings: ServeSettings): Promise<CheckedSettings> {
  const ground = await readGround(settings);
  const rules = await readKeylessRules(settings);
  checkOptions(settings);
  return { ground, rules };
}

// The service's messages begin with the name of the option.
const optionNames = ["limits", "trustProxy", "proxyHeader"] satisfies ServeKeyName[];

function checkOptions({ values, labelOf }: ServeSettings): void {
  const { trustProxy = false, proxyHeader, limits } = values;
  try {
    new ClientAddresses({ trustProxy, ...(proxyHeader !== undefined && { proxyHeader }) });
    resolveLimits(limits);
    resolveAccountLimits(toAccountLimits(values));
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    const name = optionNames.find((option) => reason.startsWith(option));
    if (name === undefined) throw error;
    const rest = reason.slice(name.length).replace(/^\./, ": ");
    throw new UsageError(`${labelOf(name)}${rest}`);
  }
}
