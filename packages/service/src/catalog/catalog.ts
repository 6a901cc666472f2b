import type { CallOptions } from "../store/object-store.js";
import type { Clip, ClipState } from "./clip-state.js";
import type { ComparisonState } from "./comparison-state.js";

/**
 * What the service knows about clips. `StoreCatalog` keeps it in the object store; a database can
 * take its place without a change above this interface.
 */
export interface Catalog {
  /** The state of a clip; `null` when nothing is known of the id. */
  read(id: string, options?: CallOptions): Promise<ClipRecord | null>;
  /** Stores the first state of a clip. `null` when there is one already. */
  create(state: ClipState): Promise<ClipRecord | null>;
  /** Replaces a state. `null` when it has been changed since it was read. */
  replace(record: ClipRecord, state: ClipState): Promise<ClipRecord | null>;
  /** Deletes the state of a deleted clip unless it has been changed since it was read. */
  forget(record: ClipRecord): Promise<void>;

  /** Enters a clip in its account's list. Doing it again changes nothing. */
  enter(clip: Clip): Promise<void>;
  /** Enters a clip that should be there already, at the price of one look when it is. */
  reenter(clip: Clip): Promise<void>;
  /** Takes a clip out of its account's list. */
  strike(clip: Pick<Clip, "account" | "createdOn" | "id">): Promise<void>;
  /** A page of an account's clips, the newest first. */
  list(account: string, page: PageRequest, options?: CallOptions): Promise<ClipPage>;
  /** How many clips of an account were made before a time (milliseconds since 1970); 1,000 at most. */
  countOlder(
    account: string,
    time: number,
    options?: CallOptions,
  ): Promise<{ count: number; isAll: boolean }>;
  /** The accounts that have clips, or have had some, in no useful order. */
  accounts(options?: CallOptions): AsyncGenerator<string>;
  /**
   * Looks for clips by name among the next 200 of an account, the newest first. `next` is where it has
   * got to, also where nothing was found, and `total` is `null`.
   */
  search(account: string, request: NameRequest, options?: CallOptions): Promise<ClipPage>;

  /** Which clips are kept for which pull request. */
  readonly pullRequests: ClipGroupIndex;
  readonly closedPullRequests: ClosedPullRequestIndex;
  /** Which clips runs of a commit, or of a pull request, have recorded. */
  readonly runs: ClipGroupIndex;
  /** Which clips were compared with an older one, whose id names the group. */
  readonly compared: ClipGroupIndex;

  /** The clips that have to be verified. */
  readonly verifications: WorkList;
  /** The available clips of which a rendition has to be made. */
  readonly renditions: WorkList;
  /** Messages to the receivers of webhooks, whose names are the accounts of this work. */
  readonly deliveries: WorkList;
  /** The clips with a comparison that was asked for when the work was added. */
  readonly comparisons: WorkList;
  /**
   * Records the work again that a clip itself waits for, where it is lost: after the restore of a back-up,
   * for instance. A clip that is pending for a moment only is left alone.
   */
  restoreWork(clip: Clip): Promise<void>;
  /** The same for the work that a comparison of a clip waits for, at the price of one look. */
  restoreComparison(clip: Clip, comparison: ComparisonState): Promise<void>;

  /** Sees to it that `dueReminders` gives the clip from a time on (milliseconds since 1970). */
  remind(id: string, time: number): Promise<void>;
  /** The reminders whose day is over, the oldest first. */
  dueReminders(options?: CallOptions): AsyncGenerator<Reminder>;
  dropReminders(reminders: readonly Reminder[]): Promise<void>;
  /** The ids of all clips, in no useful order, from the one after `after` on. */
  ids(after: string | null, options?: CallOptions): AsyncGenerator<string>;
}

/**
 * Which clips of an account may be in a group, such as those that are kept for a pull request, which is
 * named by the address of its page. What a clip's state says counts: an entry may be left over.
 */
export interface ClipGroupIndex {
  /** Enters a clip. Doing it again changes nothing. */
  enter(account: string, group: string, id: string): Promise<void>;
  strike(account: string, group: string, ids: readonly string[]): Promise<void>;
  /** At most `count` entries, in no useful order, from the one after `after` on. */
  list(
    account: string,
    group: string,
    page: { count: number; after: string | null },
    options?: CallOptions,
  ): Promise<{ entries: ClipGroupEntry[]; next: string | null }>;
  /** How many entries an account has, in all its groups; 1,000 at most are counted. */
  count(account: string, options?: CallOptions): Promise<{ count: number; isAll: boolean }>;
}

/** Which pull requests an account has said to be closed, by the addresses of their pages. */
export interface ClosedPullRequestIndex {
  /** Records that one is closed, for what is announced for it later; or that it is open again. */
  record(account: string, address: string, isClosed: boolean): Promise<void>;
  /** Whether it was recorded in the last 90 days that one is closed. */
  isClosed(account: string, address: string, options?: CallOptions): Promise<boolean>;
}

export interface ClipGroupEntry {
  id: string;
  enteredOn: Date | undefined;
}

/** Work on a clip that is to be recorded. */
export interface NewWork extends Pick<Clip, "id" | "account"> {
  /** What whoever takes it has to know besides, as text. */
  payload?: string | null;
  /**
   * Before when nobody takes it, in milliseconds since 1970.
   *
   * @default now
   */
  at?: number;
}

/** Work of one kind on clips. */
export interface WorkList {
  /** Records that a clip has to be worked on: by this process, or by whichever takes it. */
  add(work: NewWork, isHeld: boolean): Promise<Lease>;
  /** Records work that was added at this time (milliseconds since 1970), unless it is there. */
  restore(clip: Pick<Clip, "id" | "account">, addedAt: number): Promise<void>;
  /** Takes work that is due and that no running process has, at most `limit` of it. */
  take(limit: number, options?: TakeOptions): Promise<Lease[]>;
  /** Holds a lease for longer. `null` when another process has taken the work over. */
  /** @param isBegun whether its process now does what can end a process */
  renew(lease: Lease, isBegun: boolean): Promise<Lease | null>;
  /**
   * Gives work back, for any process to take after `delay` milliseconds.
   *
   * @param isAttempt whether it was tried in vain; by default not
   */
  giveBack(lease: Lease, delay: number, isAttempt?: boolean): Promise<void>;
  /**
   * How many pieces of work come before that on a clip, as it was a few seconds ago; `null` where none
   * is known. Behind the first 1,000 it is a bound: at least so many.
   */
  countBefore(clip: Pick<Clip, "id" | "account">): Promise<number | null>;
  /** How many pieces of work there are, those under way too; at most 1,000 are counted. */
  count(options?: CallOptions): Promise<number>;
  /** How many of an account there are among the first 1,000 pieces, and whether these are all. */
  countOf(account: string, options?: CallOptions): Promise<{ count: number; isAll: boolean }>;
  /** Records that work is done. */
  finish(lease: Lease): Promise<void>;
}

export interface TakeOptions extends CallOptions {
  /** The accounts of the work under way, each once for each piece: who has least comes first. */
  busy?: readonly string[];
  /** Whether the work of these accounts is left alone. Default `false`. */
  onlyOthers?: boolean;
}

export interface ClipRecord {
  readonly state: ClipState;
  /** Identifies this state among the earlier and the later ones. */
  readonly etag: string;
}

export interface PageRequest {
  /** The most clips on the page. */
  count: number;
  /** From 1. It is counted from the newest clip, or from `after`. */
  page: number;
  /** The `next` of an earlier page. */
  after: string | null;
}

/** Clips whose file names contain a text, in upper or lower case. */
export interface NameRequest {
  name: string;
  /** The most clips to find. */
  count: number;
  /** The `next` of an earlier search. */
  after: string | null;
}

export interface ClipPage {
  clips: Clip[];
  /** Where the next page begins; `null` on the last page. */
  next: string | null;
  /** How many clips there are from the beginning; `null` when they were not counted. */
  total: number | null;
}

/** Work on one clip that this process has for a limited time. */
export interface Lease {
  readonly id: string;
  readonly account: string;
  readonly key: string;
  readonly etag: string;
  readonly payload: string | null;
  /** When the work was added, in milliseconds since 1970. */
  readonly addedAt: number;
  /** Whether this process added it. If not, the process that did may have ended in the middle. */
  readonly isNew: boolean;
  /** How often it was tried in vain and given back for later. */
  readonly attempts: number;
  /** How many processes in a row have ended while they did what can end one. */
  readonly ends: number;
}

export interface Reminder {
  readonly id: string;
  readonly key: string;
}
