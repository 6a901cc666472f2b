import type { Catalog } from "../catalog/catalog.js";
import type { ClipState, KeptFor } from "../catalog/clip-state.js";

// Content that so many open pull requests have in common is none that belongs to one of them.
const mostPullRequests = 100;

type OnePullRequest = KeptFor[number];

/**
 * What a clip is kept for once its content is announced. Where one announcement names no pull request,
 * the clip is kept whatever becomes of those that others name. It is found by the pull request before its
 * state says so: otherwise a process that ends in between would leave one that is never deleted.
 *
 * @param address of the pull request
 */
export async function keepFor(
  { pullRequests }: Pick<Catalog, "pullRequests">,
  { id, account }: Pick<ClipState, "id" | "account">,
  state: ClipState | null,
  address: string | undefined,
): Promise<KeptFor | undefined> {
  const keptFor = addPullRequest(state, address);
  const isNew = keptFor !== undefined && keptFor !== state?.keptFor;
  if (isNew && address !== undefined) await pullRequests.enter(account, address, id);
  return keptFor;
}

/** The same list where nothing changes. */
function addPullRequest(state: ClipState | null, address: string | undefined): KeptFor | undefined {
  const known = state === null || state.status === "deleted" ? [] : state.keptFor;
  if (known === undefined || address === undefined) return undefined;
  if (known.some((one) => one.address === address && one.closedOn === null)) return known;
  const next = withOne(known, { address, closedOn: null });
  return next.length <= mostPullRequests ? next : undefined;
}

/**
 * The list with one more. Where it is full the one that was closed first makes room: the last one says when
 * the clip ends. It is still found by that pull request, and is in the list again when this is opened.
 */
function withOne(known: KeptFor, one: OnePullRequest): KeptFor {
  const others = known.filter(({ address }) => address !== one.address);
  if (others.length < mostPullRequests) return [...others, one];
  const first = others.reduce<OnePullRequest | null>(
    (found, other) =>
      other.closedOn !== null && (found?.closedOn ?? other.closedOn) >= other.closedOn
        ? other
        : found,
    null,
  );
  return [...others.filter((other) => other !== first), one];
}

/**
 * What a clip is kept for once a pull request is closed or open again; `null` where that changes nothing.
 *
 * @param closedOn ISO 8601; `null` for one that is open
 */
export function markPullRequest(
  keptFor: KeptFor | undefined,
  address: string,
  closedOn: string | null,
): KeptFor | null {
  if (keptFor === undefined) return null;
  const known = keptFor.find((one) => one.address === address);
  // One that has made room for others counts again once it is open.
  if (!known) return closedOn === null ? withOne(keptFor, { address, closedOn }) : null;
  if ((known.closedOn === null) === (closedOn === null)) return null;
  return keptFor.map((one) => (one === known ? { address, closedOn } : one));
}

/** Which pull request was closed last, and when, in milliseconds since 1970; `null` while one is open. */
export function lastClosingOf(
  keptFor: KeptFor | undefined,
): { address: string; time: number } | null {
  let last: { address: string; time: number } | null = null;
  for (const { address, closedOn } of keptFor ?? []) {
    if (closedOn === null) return null;
    const time = Date.parse(closedOn);
    if (last === null || time > last.time) last = { address, time };
  }
  return last;
}

/** A state with this in place of what it was kept for. */
export function withKeptFor<State extends ClipState>(
  { keptFor: _, ...state }: State,
  keptFor: KeptFor | undefined,
): State {
  // Absent where it is undefined, as in a state that is read.
  return { ...state, ...(keptFor && { keptFor }) } as State;
}
