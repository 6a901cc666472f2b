import { randomBytes } from "node:crypto";
import { readCpuSeconds, readMemoryMebibytes } from "../process-facts.ts";
import type { BenchService } from "./service.ts";

/** Figures by name. Those of several rounds are joined by their medians. */
export type Figures = Record<string, number>;

/** A measurement of one service. */
export interface ServiceScenario {
  name: string;
  title: string;
  /** How many clips there are before it is measured. */
  clips: number;
  /** `false` where the bytes are so many that a bucket in memory has no room for them. Default `true`. */
  onBucket?: boolean;
  measure(service: BenchService): Promise<Figures>;
}

const mebi = 1024 ** 2;

/** What a measurement may take at most. An old version needs minutes for what is asked for here. */
const longestMs = 30_000;

export function listServiceScenarios(quick: boolean): ServiceScenario[] {
  const requests = quick ? 200 : 1_000;
  return [
    plans("plan-1", "Plans of 1 part", 1, requests),
    plans("plan-100", "Plans of 100 parts", 100 * 5 * mebi, requests / 4),
    {
      name: "plan-10000",
      title: "Plans of 10,000 parts, one after the other, and small requests beside them",
      clips: 0,
      measure: (service) => measurePauses(service, 10_000 * 5 * mebi, quick ? 3 : 10),
    },
    finalizes("finalize-1", "Uploads of 1 part of 1 KiB", 1024, requests / 2),
    finalizes("finalize-100", "Uploads of 100 parts of 5 MiB", 500 * mebi, 1),
    {
      name: "finalize-large",
      title: `The finalize of ${quick ? 1 : 20} GiB`,
      clips: 0,
      onBucket: false,
      measure: async (service) => ({
        ms: await service.finalizeUnverified((quick ? 1 : 20) * 1024 * mebi),
      }),
    },
    ...(quick ? [100, 1_000] : [100, 10_000, 100_000]).map(lists),
    {
      name: "login-flood",
      title: "A list while eight connections sign in with a wrong secret",
      clips: 100,
      measure: measureFlood,
    },
    {
      name: "memory",
      title: "Memory over 10,000 requests, plans and lists in turn",
      clips: 100,
      measure: (service) => measureMemory(service, quick ? 500 : 10_000),
    },
  ];
}

function plans(name: string, title: string, size: number, count: number): ServiceScenario {
  const ask = async (service: BenchService) => (await service.plan(size)).milliseconds;
  return { name, title, clips: 0, measure: (service) => measureRequests(service, count, 4, ask) };
}

function finalizes(name: string, title: string, size: number, count: number): ServiceScenario {
  const upload = async (service: BenchService) =>
    (await service.upload(randomBytes(size))).finalize;
  return {
    name,
    title,
    clips: 0,
    measure: (service) => measureRequests(service, count, 4, upload),
  };
}

function lists(clips: number): ServiceScenario {
  return {
    name: `list-${clips}`,
    title: `The first page of a list of ${clips.toLocaleString("en")} clips`,
    clips,
    measure: (service) => measureRequests(service, 50, 1, () => service.list()),
  };
}

/** Makes requests, some at once: their milliseconds, and how many a CPU second of the service does. */
async function measureRequests(
  service: BenchService,
  count: number,
  atOnce: number,
  ask: (service: BenchService) => Promise<number>,
): Promise<Figures> {
  const times: number[] = [];
  const cpuBefore = readCpuSeconds(service.pid);
  const end = performance.now() + longestMs;
  const run = async () => {
    while (times.length < count && performance.now() < end) times.push(await ask(service));
  };
  await Promise.all(Array.from({ length: Math.min(atOnce, count) }, run));
  const cpu = readCpuSeconds(service.pid) - cpuBefore;
  return { ...summarizeTimes(times), "per CPU second": times.length / cpu };
}

/** Plans one at a time, and how long a small request waits at most while they are made. */
async function measurePauses(service: BenchService, size: number, count: number): Promise<Figures> {
  const waits: number[] = [];
  const ended = new AbortController();
  const beside = async () => {
    while (!ended.signal.aborted) waits.push(await service.checkHealth());
  };
  const small = beside();
  const plan = async () => (await service.plan(size)).milliseconds;
  const figures = await measureRequests(service, count, 1, plan);
  ended.abort();
  await small;
  return { ...figures, "longest ms of a small request": Math.max(...waits) };
}

async function measureFlood(service: BenchService): Promise<Figures> {
  const alone = await listOften(service);
  const ended = new AbortController();
  const flood = Array.from({ length: 8 }, async () => {
    while (!ended.signal.aborted) await service.signInWrongly();
  });
  const under = await listOften(service);
  ended.abort();
  await Promise.all(flood);
  return { "p50 ms alone": alone, "p50 ms": under, "times alone": under / alone };
}

async function listOften(service: BenchService): Promise<number> {
  const times: number[] = [];
  const end = performance.now() + longestMs;
  while (times.length < 100 && performance.now() < end) times.push(await service.list());
  return takeQuantile(times, 0.5);
}

async function measureMemory(service: BenchService, count: number): Promise<Figures> {
  const ask = async () => (await service.plan(1024)).milliseconds + (await service.list());
  await measureRequests(service, count / 10, 8, ask);
  const before = readMemoryMebibytes(service.pid);
  await measureRequests(service, count / 2, 8, ask);
  const after = readMemoryMebibytes(service.pid);
  return { "MiB before": before, "MiB after": after, "MiB more": after - before };
}

function summarizeTimes(times: readonly number[]): Figures {
  return { "p50 ms": takeQuantile(times, 0.5), "p99 ms": takeQuantile(times, 0.99) };
}

function takeQuantile(values: readonly number[], quantile: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * quantile))] ?? Number.NaN;
}
