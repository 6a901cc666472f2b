import type { Catalog } from "../catalog/catalog.js";
import type { ClipState, KeptFor } from "../catalog/clip-state.js";

// Content that so many pull requests have in common is none that belongs to one of them.
const mostPullRequests = 100;

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
  const others = known.filter((one) => one.address !== address);
  return others.length < mostPullRequests ? [...others, { address, closedOn: null }] : undefined;
}

/**
 * What a clip is kept for once a pull request is closed or open again; `null` where that changes nothing.
 *
 * @param closedOn ISO 8601; `null` for one that is open
 */
export function markPullRequest(
  keptFor: KeptFor = [],
  address: string,
  closedOn: string | null,
): KeptFor | null {
  const isOther = ({ address: own, closedOn: known }: KeptFor[number]) =>
    own === address && (known === null) !== (closedOn === null);
  if (!keptFor.some(isOther)) return null;
  return keptFor.map((one) => (one.address === address ? { address, closedOn } : one));
}

/** When the last pull request was closed, in milliseconds since 1970; `null` while one is open. */
export function lastClosingOf(keptFor: KeptFor | undefined): number | null {
  const closings = keptFor?.map(({ closedOn }) => closedOn) ?? [];
  if (closings.length === 0) return null;
  const times = closings.map((closedOn) => (closedOn === null ? Infinity : Date.parse(closedOn)));
  const last = Math.max(...times);
  return Number.isFinite(last) ? last : null;
}

/** A state with this in place of what it was kept for. */
export function withKeptFor<State extends ClipState>(
  { keptFor: _, ...state }: State,
  keptFor: KeptFor | undefined,
): State {
  // Absent where it is undefined, as in a state that is read.
  return { ...state, ...(keptFor && { keptFor }) } as State;
}
