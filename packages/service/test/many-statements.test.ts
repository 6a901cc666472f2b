import type { WireClip, WireRun } from "@clipcourier/core/wire";
import * as v from "valibot";
import { expect, it } from "vitest";
import type { ClipRecord } from "../src/catalog/catalog.js";
import type { ClipState } from "../src/catalog/clip-state.js";
import { StoreCatalog } from "../src/catalog/store-catalog.js";
import { type Statement, statementSchema, type VerifiedRun } from "../src/catalog/verified-run.js";
import {
  addStatement,
  enterRun,
  groupsOf,
  leaveDropped,
  mostStatements,
} from "../src/clips/statements.js";
import { audience, type KeylessService, startKeylessService } from "./keyless-service.js";
import { listKeys, openGround, startTestService, type TestService } from "./start-test-service.js";
import { readStatements, signInRun } from "./statement-service.js";
import { first, makeContent } from "./upload-client.js";

const content = makeContent(100);
const newest = mostStatements - 1;

/** The claims of one of many runs, whose commits and pull requests have names of their own. */
const runOf = (number: number) => ({
  ...{ run_id: String(number), run_attempt: "1", sha: number.toString(16).padStart(40, "0") },
  ...{ ref: `refs/pull/${number}/merge`, event_name: "pull_request" },
});

const announce = async (keyless: KeylessService, claims: object) =>
  (await signInRun(keyless, { ...claims })).plan(content);

/** A clip that as many runs have recorded as are kept, from 1 on. */
async function record() {
  const keyless = await startKeylessService({ audience }, {});
  const clip = await (await signInRun(keyless, runOf(1))).uploadAndSettle(content);
  await change(keyless, clip.id, ([one]) =>
    Array.from({ length: mostStatements }, (_, index) => {
      const { run_id: runId, sha, ref } = runOf(index + 1);
      return { ...one, runId, sha, ref, pullRequest: index + 1 };
    }),
  );
  return { keyless, clip };
}

async function openCatalog({ folder }: TestService): Promise<StoreCatalog> {
  const { store } = await openGround(folder);
  return new StoreCatalog({ store, onDamage: () => {} });
}

async function readRecord(catalog: StoreCatalog, id: string): Promise<ClipRecord> {
  const record = await catalog.read(id);
  if (!record) throw new Error("no clip");
  return record;
}

/** Has the clip these statements, as if so many jobs had signed in. */
async function change(
  { service }: KeylessService,
  id: string,
  make: (statements: Statement[]) => object[],
): Promise<void> {
  const catalog = await openCatalog(service);
  const record = await readRecord(catalog, id);
  const statements = v.parse(v.array(statementSchema), make(record.state.statements));
  for (const run of statements) await enterRun(catalog, record.state, run);
  expect(await catalog.replace(record, { ...record.state, statements })).not.toBeNull();
}

async function readRuns(url: string): Promise<number[]> {
  const statements = await readStatements(url);
  return statements.map(({ predicate }) => Number(predicate.run.runId));
}

function pullOf(run: VerifiedRun): string {
  const [, group] = groupsOf(run);
  if (group === undefined) throw new Error("of no pull request");
  return group;
}

/** The runs of a pull request that a job finds. */
async function find(keyless: KeylessService, query: string): Promise<(string | undefined)[]> {
  const repository = `${new URL(keyless.issuer.url).host}/octo/intro`;
  const job = await signInRun(keyless, runOf(1));
  const { status, body } = await job.call<{ clip: WireClip; run: WireRun }>(
    `me/statements?repository=${repository}&${query}`,
  );
  expect(status).toBe(200);
  return body.data.map(({ run }) => run.run_id);
}

it("the first run and the newest are kept where there are too many, and it is told", async () => {
  const { keyless, clip } = await record();
  expect(clip.notes).toEqual([]);
  const planned = first(await announce(keyless, runOf(101)));
  const told = "Of the runs with this content, the first and the newest 99 are recorded.";
  expect(planned).toMatchObject({
    ...{ recorded_count: mostStatements, notes: [told] },
    recorded_by: { run_id: "1", how: "uploaded" },
  });
  await announce(keyless, runOf(102));
  const found = await readRuns(clip.url);
  expect(found).toEqual([1, ...Array.from({ length: newest }, (_, index) => index + 4)]);
  expect(await (await fetch(`${clip.url}/statements.json`)).json()).toMatchObject({
    incomplete: true,
  });
});

it("a run after the hundredth is found by its commit and pull request, also after a restart", async () => {
  const { keyless } = await record();
  await announce(keyless, runOf(101));
  expect(await find(keyless, "pull=101")).toEqual(["101"]);
  await keyless.service.close();
  const rules = [{ repository: "octo/*", account: "acc_octo" }];
  const github = { issuer: keyless.issuer.url, rules, audience };
  const { folder } = keyless.service;
  const restarted = { ...keyless, service: await startTestService({ folder, github }) };
  expect(await find(restarted, `commit=${runOf(101).sha}`)).toEqual(["101"]);
  expect(await find(restarted, "pull=1")).toEqual(["1"]);
  // What was dropped is found no more, and leaves nothing in the store.
  expect(await find(restarted, "pull=2")).toEqual([]);
  expect(await listKeys(restarted.service, "runs/")).toHaveLength(2 * mostStatements);
  // It can be recorded again.
  await announce(restarted, runOf(2));
  expect(await find(restarted, "pull=2")).toEqual(["2"]);
});

it("runs that are recorded at once, in the place of others, are all found", async () => {
  const { keyless, clip } = await record();
  // One more run of each pull request whose only run is dropped for it.
  const again = [2, 3, 4, 5, 6].map((number) => ({ ...runOf(number), run_id: `${number + 200}` }));
  const answers = await Promise.all(again.map((claims) => announce(keyless, claims)));
  expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 200, 200]);
  expect(new Set(await readRuns(clip.url))).toEqual(
    new Set([1, ...Array.from({ length: 94 }, (_, index) => index + 7), 202, 203, 204, 205, 206]),
  );
  for (const number of [2, 3, 4, 5, 6]) {
    expect(await find(keyless, `pull=${number}`)).toEqual([`${number + 200}`]);
  }
});

it("what one request drops is found where another one has recorded it again meanwhile", async () => {
  const { keyless, clip } = await record();
  const catalog = await openCatalog(keyless.service);
  const replace = async (make: (state: ClipState) => ClipState) => {
    const { state } = await readRecord(catalog, clip.id);
    const next = make(state);
    expect(await catalog.replace(await readRecord(catalog, clip.id), next)).not.toBeNull();
    return { before: state, after: next };
  };
  const [, one] = (await readRecord(catalog, clip.id)).state.statements;
  if (!one) throw new Error("no statement");
  const { sha256: _, recordedOn: __, how, ...second } = one;
  const add = (changes: Partial<VerifiedRun>) => (state: ClipState) =>
    addStatement(state, { run: { ...second, ...changes }, how, now: 0 });
  // The second run is dropped; before it is struck, another run of its pull request is recorded.
  const first = await replace(add({ runId: "101", sha: "e".repeat(40), pullRequest: 101 }));
  const other = { ...second, runId: "202", sha: "f".repeat(40) };
  await enterRun(catalog, first.after, other);
  const later = await replace(add(other));
  await leaveDropped(catalog, first.before, first.after);
  expect(await find(keyless, "pull=2")).toEqual(["202"]);
  // As if it had been struck after the state was read that had no run of it.
  await catalog.runs.strike(later.after.account, pullOf(second), [clip.id]);
  await leaveDropped(catalog, later.before, later.after);
  expect(await find(keyless, "pull=2")).toEqual(["202"]);
});

it("the first run of bytes is kept although runs of lost ones are older", async () => {
  const { keyless, clip } = await record();
  await change(keyless, clip.id, ([one, , ...more]) => {
    const lost = { ...one, sha256: "0".repeat(64) };
    return [lost, { ...lost, runId: "lost" }, ...more];
  });
  await announce(keyless, runOf(101));
  await announce(keyless, runOf(102));
  // The second run of the lost bytes is dropped, and then the second one of those that are there.
  expect((await readRuns(clip.url)).slice(0, 2)).toEqual([3, 5]);
});
