import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, expect, it } from "vitest";
import type { PutAnswer, PutOrder } from "./folder-store-process.js";
import { type ServedFolderStore, serveFolderStore } from "./folder-store-server.js";
import { textOf } from "./store-contract/read-body.js";

const script = fileURLToPath(new URL("./folder-store-process.ts", import.meta.url));
const writerCount = 8;

let served: ServedFolderStore;
let writers: ChildProcess[];

beforeAll(async () => {
  served = await serveFolderStore();
  writers = await Promise.all(Array.from({ length: writerCount }, startWriter));
});

afterAll(async () => {
  for (const writer of writers) writer.kill("SIGKILL");
  await served.close();
});

it("of eight processes that write with the same condition exactly one wins each round", async () => {
  let present: string | null = null;
  for (let round = 0; round < 60; round++) {
    // Each fifth round the object is deleted and created anew.
    if (round % 5 === 0) {
      await served.store.deleteObjects(["race/state"]);
      present = null;
    }
    const answers = await Promise.all(
      writers.map((writer, index) => order(writer, orderOf("race/state", round, index, present))),
    );
    const won = answers.flatMap((answer, index) => (answer?.etag ? [index] : []));
    expect(won).toHaveLength(1);
    const [winner = -1] = won;
    const object = await served.store.getObject("race/state");
    present = answers[winner]?.etag ?? null;
    expect([object?.etag, await textOf(object)]).toEqual([present, contentOf(round, winner)]);
  }
});

it("what was acknowledged is there although processes are killed meanwhile", async () => {
  const acknowledged = new Map<string, string>();
  let present: string | null = null;
  for (let round = 0; round < 16; round++) {
    const victim = round % writerCount;
    const answers = writers.map((writer, index) =>
      order(writer, orderOf("killed/state", round, index, present)),
    );
    const own = writers.map((writer, index) => (index === victim ? null : writer));
    // Now and then it dies at once, otherwise as soon as another has its answer.
    if (round % 3 > 0) await Promise.race(answers.filter((_, index) => index !== victim));
    await kill(writers[victim]);
    const won = (await Promise.all(answers)).flatMap((answer, index) =>
      answer?.etag ? [{ index, etag: answer.etag }] : [],
    );
    // Without a winner it is the victim that has won, or nobody has seen an answer.
    expect(won.length).toBeLessThanOrEqual(1);
    const object = await served.store.getObject("killed/state");
    const content = await textOf(object);
    for (const { index, etag } of won) {
      expect([object?.etag, content]).toEqual([etag, contentOf(round, index)]);
    }
    if (won.length === 0) expect(content).toBe(contentOf(round, victim));
    present = object?.etag ?? null;
    // Objects without a condition: each survivor's is there.
    await Promise.all(
      own.map(async (writer, index) => {
        if (!writer) return;
        const key = `killed/${index}/${round}`;
        if (await order(writer, { key, content: key })) acknowledged.set(key, key);
      }),
    );
    writers[victim] = await startWriter();
  }
  expect(acknowledged.size).toBe(16 * (writerCount - 1));
  for (const [key, content] of acknowledged) {
    expect(await textOf(await served.store.getObject(key))).toBe(content);
  }
  const { objects, next } = await served.store.listObjects("killed/");
  expect([objects.length, next]).toEqual([acknowledged.size + 1, null]);
});

function orderOf(key: string, round: number, index: number, present: string | null): PutOrder {
  const content = contentOf(round, index);
  return present === null ? { key, content, ifNoneMatch: "*" } : { key, content, ifMatch: present };
}

function contentOf(round: number, index: number): string {
  return `round ${round}, writer ${index}`;
}

async function startWriter(): Promise<ChildProcess> {
  const writer = fork(script, [served.folder], { execArgv: [] });
  await once(writer, "message");
  return writer;
}

/** Sends an order and waits for the answer; `null` where the process dies before. */
function order(writer: ChildProcess, put: PutOrder): Promise<PutAnswer | null> {
  return new Promise((resolve) => {
    const end = (answer: PutAnswer | null) => {
      writer.off("message", onMessage);
      writer.off("exit", onExit);
      resolve(answer);
    };
    const onMessage = (message: unknown) => end(message as PutAnswer);
    const onExit = () => end(null);
    writer.on("message", onMessage);
    writer.on("exit", onExit);
    writer.send(put);
  });
}

async function kill(writer: ChildProcess | undefined): Promise<void> {
  if (!writer) return;
  const ended = once(writer, "exit");
  writer.kill("SIGKILL");
  await ended;
}
