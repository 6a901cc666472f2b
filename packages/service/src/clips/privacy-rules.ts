import { isDeepStrictEqual } from "node:util";
import type { Logger } from "pino";
import * as v from "valibot";
import type { JsonObjects } from "../catalog/json-objects.js";
import { privacyKey } from "../catalog/keys.js";
import type { AccountLimitsOptions } from "../limits/account-limits.js";

// A process that does not have the setting learns within a minute that an account has become private.
const refreshInterval = 60 * 1000;
// Of what is told. There can be an account for each repository.
const mostNames = 20;

const rulesSchema = v.object({
  /** What holds for accounts that are not named; `null` where nothing was said. */
  ofAll: v.nullable(v.boolean()),
  /** What was said of single accounts. */
  accounts: v.record(v.string(), v.boolean()),
});
type Rules = v.InferOutput<typeof rulesSchema>;

const nothingSaid: Rules = { ofAll: null, accounts: {} };
/** Instead of a record that cannot be read: what was private stays private. */
const damagedRules: Rules = { ofAll: true, accounts: {} };

export interface PrivacyRulesOptions {
  objects: JsonObjects;
  limits: AccountLimitsOptions;
  logger: Logger;
}

/**
 * Which accounts are private: by the configuration of this process, and where it says nothing, by what
 * others on the same store were told. All processes share one object, which is changed by compare-and-swap.
 */
export class PrivacyRules {
  readonly #objects: JsonObjects;
  readonly #logger: Logger;
  readonly #own: Rules;
  #recorded: Rules;
  #timer: NodeJS.Timeout | undefined;

  constructor({ objects, limits, logger }: PrivacyRulesOptions, recorded: Rules) {
    this.#objects = objects;
    this.#logger = logger;
    this.#own = toRules(limits);
    this.#recorded = recorded;
  }

  isPrivate(account: string): boolean {
    const own = find(this.#own, account);
    if (own !== undefined) return own;
    const recorded = find(this.#recorded, account);
    // What is said of all lifts nothing that was said of one account.
    if (recorded === true) return true;
    return this.#own.ofAll ?? recorded ?? this.#recorded.ofAll ?? false;
  }

  /** Reads the record again from time to time. */
  start(): void {
    this.#timer = setInterval(() => void this.#refresh(), refreshInterval).unref();
  }

  close(): void {
    clearInterval(this.#timer);
  }

  async #refresh(): Promise<void> {
    try {
      const known = await readRules(this.#objects);
      // Without it the last one that was read holds.
      if (known) this.#recorded = known.value;
    } catch (error) {
      this.#logger.warn({ err: error }, "what is private could not be read again");
    }
  }
}

/** Reads what is private, records what the configuration says of it, and tells where these differ. */
export async function openPrivacyRules(options: PrivacyRulesOptions): Promise<PrivacyRules> {
  const { objects, limits, logger } = options;
  const own = toRules(limits);
  for (;;) {
    const known = await readRules(objects);
    const before = known?.value ?? nothingSaid;
    const next = merge(before, own);
    if (!isDeepStrictEqual(before, next)) {
      const stored = known
        ? await objects.replace(privacyKey, next, known.etag)
        : await objects.create(privacyKey, next);
      if (stored === null) continue;
    }
    tell(before, own, logger);
    return new PrivacyRules(options, next);
  }
}

function readRules(objects: JsonObjects) {
  return objects.read(privacyKey, rulesSchema, { repaired: damagedRules });
}

/** What the configuration says takes the place of what was recorded of the same. */
function merge(recorded: Rules, own: Rules): Rules {
  const ofAll = own.ofAll ?? recorded.ofAll;
  const accounts = Object.entries({ ...recorded.accounts, ...own.accounts }).filter(
    // An exception is one of the rule that it was made with.
    ([account, isPrivate]) =>
      isPrivate || (ofAll && (own.ofAll === null || find(own, account) !== undefined)),
  );
  return { ofAll, accounts: sorted(accounts) };
}

function tell(recorded: Rules, own: Rules, logger: Logger): void {
  const wasPrivate = Object.keys(recorded.accounts).filter((name) => recorded.accounts[name]);
  const lifted = Object.keys(own.accounts).filter(
    (name) => own.accounts[name] === false && (find(recorded, name) ?? recorded.ofAll),
  );
  if (lifted.length > 0) {
    const what = { accounts: lifted.slice(0, mostNames), count: lifted.length };
    logger.warn(what, "clips that were private are public, because the configuration says so");
  }
  if (recorded.ofAll && own.ofAll === false) {
    logger.warn("accounts that are not named are public, although they were private until now");
  }
  const kept = wasPrivate.filter((name) => find(own, name) === undefined && own.ofAll !== true);
  if (kept.length > 0) {
    const what = { accounts: kept.slice(0, mostNames), count: kept.length };
    logger.info(what, "accounts stay private as recorded, which private: false of each lifts");
  }
  if (recorded.ofAll && own.ofAll === null) {
    logger.info("all accounts stay private as recorded, which private: false lifts");
  }
}

function find({ accounts }: Rules, account: string): boolean | undefined {
  return Object.hasOwn(accounts, account) ? accounts[account] : undefined;
}

function toRules({ accountLimits = {}, limitsByAccount = {} }: AccountLimitsOptions): Rules {
  const accounts = Object.entries(limitsByAccount).flatMap(([account, limits]) =>
    limits.private === undefined ? [] : [[account, limits.private] as const],
  );
  return { ofAll: accountLimits.private ?? null, accounts: sorted(accounts) };
}

/** In one order, whatever that of the configuration is. */
function sorted(entries: (readonly [string, boolean])[]): Record<string, boolean> {
  return Object.fromEntries(entries.sort(([one], [other]) => (one < other ? -1 : 1)));
}
