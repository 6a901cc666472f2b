import { UsageError } from "@clipcourier/batch";
import {
  ClientAddresses,
  checkWebhooks,
  resolveAccountLimits,
  toFrameAncestors,
  type WebhookOptions,
} from "@clipcourier/service";
import { type KeylessRules, readKeylessRules } from "../rules-file.js";
import { readGround, type ServeGround } from "../serve-ground.js";
import { readWebhooks } from "../webhooks-file.js";
import { toAccountLimits } from "./account-limits.js";
import type { ServeKeyName } from "./serve-keys.js";
import type { ServeSettings } from "./serve-settings.js";

/** What settings lead to. */
export interface CheckedSettings {
  ground: ServeGround;
  rules: KeylessRules;
  /** Absent where nobody is told of clips. */
  webhooks?: WebhookOptions;
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
  const webhooks = await readReceivers(settings);
  return { ground, rules, ...(webhooks && { webhooks }) };
}

async function readReceivers({ values, labelOf }: ServeSettings) {
  const { webhooks: file, publicUrl } = values;
  if (file === undefined) return undefined;
  const label = labelOf("webhooks");
  if (publicUrl === undefined) {
    throw new UsageError(`${label} needs --public-url: messages have the addresses of clips.`);
  }
  const webhooks = await readWebhooks(label, file, process.env);
  try {
    checkWebhooks(webhooks);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new UsageError(`${label}: ${file}: ${reason.replace(/^webhooks: /, "")}`);
  }
  return webhooks;
}

// The service's messages begin with the name of the option.
const optionNames = ["trustProxy", "proxyHeader", "embedFrom"] satisfies ServeKeyName[];

function checkOptions({ values, labelOf }: ServeSettings): void {
  const { trustProxy = false, proxyHeader, embedFrom = [] } = values;
  try {
    new ClientAddresses({ trustProxy, ...(proxyHeader !== undefined && { proxyHeader }) });
    resolveAccountLimits(toAccountLimits(values));
    toFrameAncestors(embedFrom);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    const name = optionNames.find((option) => reason.startsWith(option));
    if (name === undefined) throw error;
    const rest = reason.slice(name.length).replace(/^\./, ": ");
    throw new UsageError(`${labelOf(name)}${rest}`);
  }
}
