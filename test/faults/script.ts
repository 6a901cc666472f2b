import type { Fault } from "./exchange.ts";
import type { RequestRecord } from "./request-log.ts";

/** Which requests a rule is about. Absent keys match everything. */
interface Condition {
  method?: string;
  part?: number;
  /** Tested against the path without its query. */
  path?: RegExp;
  /** Only requests on a connection that carried (or did not carry) a request before. */
  reusedSocket?: boolean;
  /** The first match that is spoiled, counted from 1. Default 1. */
  nth?: number;
  /** Of the requests that match, this fraction (0 to 1), drawn from `seed`. */
  chance?: number;
  seed?: number;
}

/** Spoils `times` (default 1) matching requests from the `nth` on; `Infinity` spoils all of them. */
export interface Rule {
  when: Condition;
  times?: number;
  fault: Fault;
}

/** Every rule counts every request that it matches; the first rule whose turn it is, is played. */
export class Script {
  readonly #rules: RunningRule[];

  constructor(rules: readonly Rule[]) {
    this.#rules = rules.map((rule) => ({
      rule,
      matches: 0,
      draw: createDraw(rule.when.seed ?? 1),
    }));
  }

  pick(record: RequestRecord): Fault | undefined {
    const due = this.#rules.filter((running) => isDue(running, record));
    return due[0]?.rule.fault;
  }
}

interface RunningRule {
  readonly rule: Rule;
  readonly draw: () => number;
  matches: number;
}

function isDue(running: RunningRule, record: RequestRecord): boolean {
  const { when, times = 1 } = running.rule;
  if (!isMatch(when, record)) return false;
  if (when.chance !== undefined && running.draw() >= when.chance) return false;
  running.matches += 1;
  const first = when.nth ?? 1;
  return running.matches >= first && running.matches < first + times;
}

function isMatch(when: Condition, record: RequestRecord): boolean {
  return (
    (when.method === undefined || when.method === record.method) &&
    (when.part === undefined || when.part === record.part) &&
    (when.path === undefined || when.path.test(record.path)) &&
    (when.reusedSocket === undefined || when.reusedSocket === record.reusedSocket)
  );
}

/** Mulberry32: the same seed spoils the same requests in every run. */
function createDraw(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
