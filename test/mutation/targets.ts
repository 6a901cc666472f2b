/** Files that are mutated, and the tests that must notice it. */
export interface Target {
  name: string;
  /** From the root of the repository, as are `tests`; globs may be used. */
  mutate: readonly string[];
  tests: readonly string[];
}

// The tests that reach a target over sockets come with it where they are quick: each mutant runs
// every one of them that gets to its line.
export const targets: readonly Target[] = [
  {
    name: "retry",
    mutate: ["packages/core/src/http/retry*.ts"],
    tests: inPackage("core", "retry", "retry-budget"),
  },
  {
    name: "parts",
    mutate: ["packages/core/src/parts/{layout,journal,stored-parts,throttle}.ts"],
    tests: inPackage("core", "part-layout", "state", "stored-parts", "throttle"),
  },
  {
    name: "part-request",
    mutate: ["packages/core/src/parts/{body,request}.ts"],
    tests: inPackage("core", "part-request", "part-memory"),
  },
  {
    name: "sending",
    mutate: ["packages/core/src/parts/sending.ts"],
    tests: inPackage("core", "part-memory", "healing", "stall-guard", "retry-everywhere"),
  },
  {
    name: "wire",
    mutate: [
      "packages/core/src/protocol/{wire,wire-clip,wire-comparison,answers,failure,wait,missing-version}.ts",
    ],
    tests: inPackage(
      "core",
      ...["wire", "wire-clip", "failure", "missing-version", "waiting", "client", "comparisons"],
    ),
  },
  {
    name: "upload-parts",
    mutate: ["packages/service/src/uploads/upload-parts.ts"],
    tests: inPackage("service", "upload-parts"),
  },
  {
    name: "quota",
    mutate: ["packages/service/src/uploads/{day-quota,room}.ts"],
    tests: inPackage("service", "account-limits"),
  },
  {
    name: "uploads",
    mutate: ["packages/service/src/uploads/{uploads,open-uploads,joined-uploads,plan-answer}.ts"],
    tests: inPackage("service", "uploads", "uploads-at-once", "tidying"),
  },
  {
    name: "work",
    mutate: ["packages/service/src/catalog/{work-queue,queue-view,turns,reminders,keys}.ts"],
    tests: inPackage("service", "work-queue", "worker", "queue-place"),
  },
  {
    name: "store-catalog",
    mutate: ["packages/service/src/catalog/store-catalog.ts"],
    tests: inPackage("service", "store-catalog"),
  },
  {
    name: "json-objects",
    mutate: ["packages/service/src/{stored-json,catalog/json-objects}.ts"],
    tests: inPackage("service", "json-objects"),
  },
  {
    name: "catalog",
    mutate: ["packages/service/src/catalog/{clip-index,clip-state,pid-space}.ts"],
    tests: inPackage(
      "service",
      "clip-index",
      "clip-state",
      "pid-space",
      "store-catalog",
      "tidying",
    ),
  },
  {
    name: "accounts",
    mutate: ["packages/service/src/auth/{store-accounts,password}.ts"],
    tests: inPackage("service", "logins", "accounts"),
  },
  {
    name: "sign-in",
    mutate: ["packages/service/src/auth/auth.ts"],
    tests: inPackage(
      "service",
      ...["credentials", "logins", "keyless", "keyless-refusals", "audit"],
      ...["statements", "pull-requests"],
    ),
  },
  {
    name: "sign-in-gate",
    mutate: ["packages/service/src/auth/sign-in-gate.ts"],
    tests: inPackage("service", "sign-in-gate"),
  },
  {
    name: "service-secret",
    mutate: ["packages/service/src/auth/{folder-secret,service-secret}.ts"],
    tests: inPackage("service", "service-secret"),
  },
];

export function findTarget(name: string | undefined): Target {
  const target = targets.find((each) => each.name === name);
  if (!target) throw new Error(`No target ${name}. There are ${listNames()}.`);
  return target;
}

export function listNames(): string {
  return targets.map(({ name }) => name).join(", ");
}

function inPackage(name: string, ...tests: string[]): string[] {
  return tests.map((test) => `packages/${name}/test/${test}.test.ts`);
}
