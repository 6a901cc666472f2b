import { readFileSync } from "node:fs";

/**
 * What the service takes before it answers that it has enough. Each is a number above 0; counts are
 * whole. Clients that are refused get 429 or 503 with `Retry-After`, or 408 when they are too slow.
 */
export interface Limits {
  /**
   * Sign-ins per second from one address, over time; more get 429. An IPv6 address counts as its /64
   * network. A secret that has signed in before is not counted, so that others behind the same
   * address cannot keep it out.
   *
   * @default 10
   */
  signInRate: number;
  /**
   * Sign-ins that one address may make at once before `signInRate` holds them back.
   *
   * @default 60
   */
  signInBurst: number;
  /**
   * Failed sign-ins per minute with one app id or username, from anywhere; more get 429. A secret
   * that has signed in before is not counted.
   *
   * @default 60
   */
  failedSignIns: number;
  /**
   * Secrets that are checked at once. Each check takes a core for about 40 ms, and one of the four
   * threads (`UV_THREADPOOL_SIZE`) that also read and write files.
   *
   * @default 1
   */
  secretChecks: number;
  /**
   * Sign-ins that wait for their check; more get 503.
   *
   * @default 128
   */
  waitingSignIns: number;
  /**
   * Seconds for which the answer 429 or 503 to a sign-in is held back, so that a client which asks
   * again at once cannot keep the service busy.
   *
   * @default 1
   */
  refusalDelay: number;
  /**
   * Seconds within which the headers of a request must arrive.
   *
   * @default 20
   */
  headersTimeout: number;
  /**
   * Seconds that the service waits, in all, for the body of a call that is not a part.
   *
   * @default 60
   */
  bodyTimeout: number;
  /**
   * Bytes per second at which a part must arrive, on average over `partWindow`.
   *
   * @default 1024
   */
  partRate: number;
  /**
   * Seconds over which `partRate` is measured. A part that stands still for so long gets 408.
   *
   * @default 60
   */
  partWindow: number;
  /**
   * Seconds for which a connection without a request is kept open.
   *
   * @default 65
   */
  idleTimeout: number;
  /**
   * Connections that are open at once; more get 503. Each needs up to two file descriptors.
   *
   * @default half of the descriptors that the process may have, at most 10,000
   */
  connections: number;
  /**
   * Connections that one address may have open at once; more get 503. Behind a trusted proxy it
   * counts the requests that are running for one client.
   *
   * @default 256, at most half of `connections`
   */
  connectionsPerAddress: number;
  /**
   * Seconds for which log lines of the same kind (a refused sign-in from one address, the same
   * failure of the store) are counted instead of written after the first one.
   *
   * @default 60
   */
  logInterval: number;
}

const defaults = {
  signInRate: 10,
  signInBurst: 60,
  failedSignIns: 60,
  secretChecks: 1,
  waitingSignIns: 128,
  refusalDelay: 1,
  headersTimeout: 20,
  bodyTimeout: 60,
  partRate: 1024,
  partWindow: 60,
  idleTimeout: 65,
  logInterval: 60,
};

/** The limits that are whole numbers. */
export const wholeLimits: ReadonlySet<string> = new Set<keyof Limits>([
  "signInBurst",
  "failedSignIns",
  "secretChecks",
  "waitingSignIns",
  "connections",
  "connectionsPerAddress",
]);

/** The names of all limits. */
export const limitNames: readonly string[] = [
  ...Object.keys(defaults),
  "connections",
  "connectionsPerAddress",
];

/** The largest value of any limit: the longest that a timer of Node can wait is 2 ** 31 ms. */
export const largestLimit = 2_000_000;

/** Fills in the defaults. Throws an Error whose message begins with the limit's name. */
export function resolveLimits(given: Partial<Limits> = {}): Limits {
  for (const [name, value] of Object.entries(given)) checkLimit(name, value);
  const connections = given.connections ?? defaultConnections();
  const half = Math.max(1, Math.floor(connections / 2));
  return { ...defaults, connections, connectionsPerAddress: Math.min(256, half), ...given };
}

function checkLimit(name: string, value: unknown): void {
  if (!limitNames.includes(name)) {
    throw new Error(`limits.${name}: there is no such limit, only ${limitNames.join(", ")}`);
  }
  const isValid = typeof value === "number" && value > 0 && value <= largestLimit;
  if (!isValid) throw new Error(`limits.${name}: not a number above 0, at most ${largestLimit}`);
  if (wholeLimits.has(name) && !Number.isInteger(value)) {
    throw new Error(`limits.${name}: not a whole number`);
  }
}

// What Node itself and the files of the service need, beside those of the requests.
const ownDescriptors = 40;

function defaultConnections(): number {
  const free = maxDescriptors() - ownDescriptors;
  return Math.min(10_000, Math.max(4, Math.floor(free / 2)));
}

/** How many files the process may have open. Only Linux tells; elsewhere it is a usual number. */
function maxDescriptors(): number {
  try {
    const text = readFileSync("/proc/self/limits", "utf8");
    const [, soft] = /^Max open files\s+(\d+)/m.exec(text) ?? [];
    return soft === undefined ? Number.POSITIVE_INFINITY : Number(soft);
  } catch {
    return 8192;
  }
}
