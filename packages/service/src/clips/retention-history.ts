import { isDeepStrictEqual } from "node:util";
import * as v from "valibot";
import type { JsonObjects } from "../catalog/json-objects.js";
import { retentionKey } from "../catalog/keys.js";
import type { AccountLimitsOptions } from "../limits/account-limits.js";

const day = 24 * 60 * 60 * 1000;
// Enough for whoever tries one number after another; the oldest rules and the newest count.
const mostRules = 50;

const days = v.nullable(v.number());
const rulesSchema = v.object({
  /** Days that clips are kept; `null` for ever. */
  ofAll: days,
  /** Those of single accounts. */
  accounts: v.record(v.string(), days),
});
const seenSchema = v.object({
  ...rulesSchema.entries,
  /** When a service first ran by them, ISO 8601. */
  seenOn: v.string(),
});
/** What the configuration said of retention from a time on. */
export type SeenRules = v.InferOutput<typeof seenSchema>;
type Rules = v.InferOutput<typeof rulesSchema>;

/**
 * The rules of retention that were in force, the oldest first and those of now last. Shorter ones hold from
 * a day after they were first seen, so that a number which was mistyped can be corrected.
 */
export class RetentionHistory {
  readonly rules: readonly SeenRules[];

  constructor(rules: readonly SeenRules[]) {
    this.rules = rules;
  }

  /** When a clip is over that was last used at this time; both in milliseconds since 1970. */
  endOf(account: string, lastUse: number): number | null {
    let end: number | null = null;
    for (const [index, rules] of this.rules.entries()) {
      const kept = daysOf(rules, account);
      const own: number | null = kept === null ? null : lastUse + kept * day;
      const notice = Date.parse(rules.seenOn) + day;
      const isShorter = end === null || (own !== null && own < end);
      // Nothing is known of what was before the first.
      if (own === null || index === 0 || !isShorter) end = own;
      else end = Math.max(own, Math.min(end ?? Infinity, notice));
    }
    return end;
  }

  /** The days of an account by the rules of now; `null` for ever. */
  daysOf(account: string): number | null {
    const rules = this.rules.at(-1);
    return rules ? daysOf(rules, account) : null;
  }
}

function daysOf({ ofAll, accounts }: Rules, account: string): number | null {
  return Object.hasOwn(accounts, account) ? (accounts[account] ?? null) : ofAll;
}

export interface RetentionHistoryOptions {
  objects: JsonObjects;
  limits: AccountLimitsOptions;
  now: () => number;
}

/**
 * Reads which rules were in force, and records those of now. Where nothing is recorded clips were kept for
 * ever. All processes share one object, which is changed by compare-and-swap.
 */
export async function openRetentionHistory({
  objects,
  limits,
  now,
}: RetentionHistoryOptions): Promise<RetentionHistory> {
  const current = toRules(limits);
  const forEver = { ofAll: null, accounts: {}, seenOn: new Date(0).toISOString() };
  for (;;) {
    const known = await objects.read(retentionKey, v.array(seenSchema));
    const earlier = known && known.value.length > 0 ? known.value : [forEver];
    const { seenOn: _, ...last } = earlier.at(-1) ?? forEver;
    if (isDeepStrictEqual(last, current)) return new RetentionHistory(earlier);
    const next = [...dropSettled(earlier, now()), { ...current, seenOn: toText(now()) }];
    const stored = known
      ? await objects.replace(retentionKey, next, known.etag)
      : await objects.create(retentionKey, next);
    if (stored !== null) return new RetentionHistory(next);
  }
}

/** Without the rules that others have taken the place of for more than a day. */
function dropSettled(rules: readonly SeenRules[], now: number): SeenRules[] {
  const isSettled = ({ seenOn }: SeenRules) => Date.parse(seenOn) + day <= now;
  const [first, ...later] = rules.slice(Math.max(0, rules.findLastIndex(isSettled)));
  return first ? [first, ...later.slice(-mostRules)] : [];
}

function toRules({ accountLimits = {}, limitsByAccount = {} }: AccountLimitsOptions): Rules {
  const accounts = Object.entries(limitsByAccount).flatMap(([account, { retentionDays }]) =>
    retentionDays === undefined ? [] : [[account, retentionDays] as const],
  );
  return {
    ofAll: accountLimits.retentionDays ?? null,
    // In one order, whatever that of the configuration is.
    accounts: Object.fromEntries(accounts.sort(([one], [other]) => (one < other ? -1 : 1))),
  };
}

function toText(time: number): string {
  return new Date(time).toISOString();
}
