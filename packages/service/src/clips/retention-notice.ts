import type { Logger } from "pino";
import type { Catalog } from "../catalog/catalog.js";
import type { DaysKind, RetentionHistory } from "./retention-history.js";

const day = 24 * 60 * 60 * 1000;
// There can be one for each repository. What is told of so many leads to the setting.
const mostAccounts = 1_000;

export interface RetentionNoticeOptions {
  catalog: Catalog;
  history: RetentionHistory;
  logger: Logger;
  now: () => number;
}

/** Tells of which accounts clips are older than rules that are new, and when these are deleted. */
export async function tellOfShorterRetention(
  { catalog, history, logger, now }: RetentionNoticeOptions,
  signal: AbortSignal,
): Promise<void> {
  const isNew = ({ seenOn }: { seenOn: string }) => Date.parse(seenOn) + day > now();
  if (!history.rules.slice(1).some(isNew)) return;
  let left = mostAccounts;
  for await (const account of catalog.accounts({ signal })) {
    if (left === 0) {
      logger.warn("more accounts may have clips that are older than the new retention");
      return;
    }
    left -= 1;
    for (const tell of [tellOfAge, tellOfPullRequests]) {
      try {
        await tell(account, { catalog, history, logger, now }, signal);
      } catch (error) {
        signal.throwIfAborted();
        logger.error({ err: error, account }, "retention of an account could not be told");
      }
    }
  }
}

async function tellOfAge(
  account: string,
  { catalog, history, logger, now }: RetentionNoticeOptions,
  signal: AbortSignal,
): Promise<void> {
  const shorter = findShorter(account, history, "retention", now());
  if (shorter === null) return;
  const { days: retentionDays, oldest, deletedAfter } = shorter;
  const { count, isAll } = await catalog.countOlder(account, oldest, { signal });
  if (count === 0) return;
  logger.warn(
    { account, clips: count, ...(!isAll && { more: true }), retentionDays, deletedAfter },
    "clips are older than the new retention, and those that are not used again are deleted after that time",
  );
}

async function tellOfPullRequests(
  account: string,
  { catalog, history, logger, now }: RetentionNoticeOptions,
  signal: AbortSignal,
): Promise<void> {
  const shorter = findShorter(account, history, "pullRequests", now());
  if (shorter === null) return;
  const { days: pullRequestDays, deletedAfter } = shorter;
  const { count, isAll } = await catalog.pullRequests.count(account, { signal });
  if (count === 0) return;
  // Which of their pull requests are closed, and since when, only the clips' own states say.
  logger.warn(
    { account, atMost: count, ...(!isAll && { more: true }), pullRequestDays, deletedAfter },
    "clips of closed pull requests are kept for fewer days by the new pullRequestDays, and those that are over are deleted after that time",
  );
}

/** The days of an account where new rules make them fewer, and when what is over by them is deleted. */
function findShorter(account: string, history: RetentionHistory, kind: DaysKind, now: number) {
  const days = history.daysOf(account, kind);
  if (days === null) return null;
  const oldest = now - days * day;
  const end = history.endOf(account, oldest, kind);
  // By the rules before they would be over as well.
  if (end === null || end <= now) return null;
  return { days, oldest, deletedAfter: new Date(end).toISOString() };
}
