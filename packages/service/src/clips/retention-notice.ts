import type { Logger } from "pino";
import type { Catalog } from "../catalog/catalog.js";
import type { RetentionHistory } from "./retention-history.js";

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
    await tellOf(account, { catalog, history, logger, now }, signal);
  }
}

async function tellOf(
  account: string,
  { catalog, history, logger, now }: RetentionNoticeOptions,
  signal: AbortSignal,
): Promise<void> {
  const retentionDays = history.daysOf(account);
  if (retentionDays === null) return;
  const oldest = now() - retentionDays * day;
  const end = history.endOf(account, oldest);
  // By the rules before they would be over as well.
  if (end === null || end <= now()) return;
  const { count, isAll } = await catalog.countOlder(account, oldest, { signal });
  if (count === 0) return;
  const deletedAfter = new Date(end).toISOString();
  logger.warn(
    { account, clips: count, ...(!isAll && { more: true }), retentionDays, deletedAfter },
    "clips are older than the new retention, and those that are not used again are deleted after that time",
  );
}
