import { isDeepStrictEqual } from "node:util";
import type { Logger } from "pino";
import * as v from "valibot";
import type { JsonObjects } from "../catalog/json-objects.js";
import { retentionKey } from "../catalog/keys.js";
import {
  type AccountLimits,
  type AccountLimitsOptions,
  standardPullRequestDays,
} from "../limits/account-limits.js";

const day = 24 * 60 * 60 * 1000;
// Enough for whoever tries one number after another; the oldest rules and the newest count.
const mostRules = 50;
// A process that has run for long must not delete by its old rules when others have made them longer.
const refreshInterval = 60 * 1000;

const days = v.nullable(v.number());
const daysSchema = v.object({
  /** Days that clips are kept; `null` for ever. */
  ofAll: days,
  /** Those of single accounts. */
  accounts: v.record(v.string(), days),
});
type Days = v.InferOutput<typeof daysSchema>;
const rulesSchema = v.object({
  ...daysSchema.entries,
  /** The same of clips whose pull requests are closed. */
  pullRequests: v.optional(daysSchema, { ofAll: null, accounts: {} }),
});
/** What days are counted from: the last use of a clip, or the closing of its last pull request. */
export type DaysKind = "retention" | "pullRequests";
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
  #rules: readonly SeenRules[];

  constructor(rules: readonly SeenRules[]) {
    this.#rules = rules;
  }

  get rules(): readonly SeenRules[] {
    return this.#rules;
  }

  /** What another process has recorded meanwhile. */
  update(rules: readonly SeenRules[]): void {
    this.#rules = rules;
  }

  /**
   * When a clip is over whose days are counted from this time; both in milliseconds since 1970. What was
   * promised is what the last settled rules say, or longer ones since then: a shorter rule that another
   * takes the place of within its day has promised nothing.
   */
  endOf(account: string, since: number, kind: DaysKind = "retention"): number | null {
    const ends = this.#rules.map((rules) => {
      const kept = daysOf(rules, account, kind);
      return kept === null ? Infinity : since + kept * day;
    });
    const own = ends.at(-1) ?? Infinity;
    const promised = Math.max(...ends.slice(0, -1));
    const notice = Date.parse(this.#rules.at(-1)?.seenOn ?? "") + day;
    const end = own < promised ? Math.max(own, Math.min(promised, notice)) : own;
    return Number.isFinite(end) ? end : null;
  }

  /** The days of an account by the rules of now; `null` for ever. */
  daysOf(account: string, kind: DaysKind = "retention"): number | null {
    const rules = this.#rules.at(-1);
    return rules ? daysOf(rules, account, kind) : null;
  }
}

function daysOf(rules: Rules, account: string, kind: DaysKind): number | null {
  const { ofAll, accounts } = kind === "retention" ? rules : rules.pullRequests;
  return Object.hasOwn(accounts, account) ? (accounts[account] ?? null) : ofAll;
}

const historySchema = v.array(seenSchema);

export interface RetentionHistoryOptions {
  objects: JsonObjects;
  limits: AccountLimitsOptions;
  now: () => number;
}

/**
 * Reads which rules were in force, and records those of now. Where nothing is recorded clips were kept for
 * ever, and none for pull requests. All processes share one object, which is changed by compare-and-swap.
 */
export async function openRetentionHistory({
  objects,
  limits,
  now,
}: RetentionHistoryOptions): Promise<RetentionHistory> {
  const current = toRules(limits);
  const { pullRequests } = current;
  const forEver = { ofAll: null, accounts: {}, pullRequests, seenOn: toText(0) };
  for (;;) {
    const known = await readRules(objects);
    const { seenOn: _, ...last } = known?.value.at(-1) ?? forEver;
    if (known && isDeepStrictEqual(last, current)) return new RetentionHistory(known.value);
    const earlier = known && known.value.length > 0 ? known.value : [forEver];
    const next = [...dropSettled(earlier, now()), { ...current, seenOn: toText(now()) }];
    const stored = known
      ? await objects.replace(retentionKey, next, known.etag)
      : await objects.create(retentionKey, next);
    if (stored !== null) return new RetentionHistory(next);
  }
}

/**
 * Reads which rules are in force, and again each minute, and records nothing: for a process that was told
 * none. Where nothing is recorded its own count, which are the defaults.
 *
 * @param signal ends the reading
 */
export async function followRetentionHistory(
  { objects, limits, logger, now }: RetentionHistoryOptions & { logger: Logger },
  signal: AbortSignal,
): Promise<RetentionHistory> {
  const known = await readRules(objects);
  const own = { ...toRules(limits), seenOn: toText(now()) };
  const history = new RetentionHistory(known?.value ?? [own]);
  const refresh = async () => {
    try {
      const found = await readRules(objects);
      // Without them the last ones that were read hold.
      if (found) history.update(found.value);
    } catch (error) {
      logger.warn({ err: error }, "the rules of retention could not be read again");
    }
  };
  const timer = setInterval(() => void refresh(), refreshInterval).unref();
  signal.addEventListener("abort", () => clearInterval(timer), { once: true });
  return history;
}

function readRules(objects: JsonObjects) {
  return objects.read(retentionKey, historySchema);
}

/** Without what was before the last rules that held for a day or longer. */
function dropSettled(rules: readonly SeenRules[], now: number): SeenRules[] {
  const isSettled = ({ seenOn }: SeenRules, index: number) => {
    const next = rules[index + 1];
    return Date.parse(seenOn) + day <= (next ? Date.parse(next.seenOn) : now);
  };
  const [first, ...later] = rules.slice(Math.max(0, rules.findLastIndex(isSettled)));
  return first ? [first, ...later.slice(-mostRules)] : [];
}

function toRules({ accountLimits = {}, limitsByAccount = {} }: AccountLimitsOptions): Rules {
  const collect = (find: (limits: AccountLimits) => number | null | undefined): Days => {
    const accounts = Object.entries(limitsByAccount).flatMap(([account, limits]) => {
      const kept = find(limits);
      return kept === undefined ? [] : [[account, kept] as const];
    });
    return {
      ofAll: find(accountLimits) ?? null,
      // In one order, whatever that of the configuration is.
      accounts: Object.fromEntries(accounts.sort(([one], [other]) => (one < other ? -1 : 1))),
    };
  };
  const pullRequests = collect(({ pullRequestDays: kept }) => (kept === "none" ? null : kept));
  return {
    ...collect(({ retentionDays }) => retentionDays),
    pullRequests: {
      ...pullRequests,
      ...(accountLimits.pullRequestDays === undefined && { ofAll: standardPullRequestDays }),
    },
  };
}

function toText(time: number): string {
  return new Date(time).toISOString();
}
