import { createHash, randomBytes } from "node:crypto";
import type { UploadSource } from "@clipcourier/core";
import { describe, expect, test } from "vitest";
import { collect } from "./collect.ts";
import { answerWith } from "./faults/faults.ts";
import { Gate, holdAt } from "./faults/gate.ts";
import type { RequestRecord } from "./faults/request-log.ts";
import { download, partSize, type SpoiledService, startSpoiledService } from "./spoiled-service.ts";
import { makeFolder, startTestService } from "./start-service.ts";
import { awaitAnswers, until } from "./until.ts";

const put = { method: "PUT" };

/** The API calls about this content. */
function about(method: string, bytes: Uint8Array): { method: string; path: RegExp } {
  const checksum = createHash("md5").update(bytes).digest("hex");
  return { method, path: new RegExp(`directupload/videoclip/${checksum}`) };
}

describe("a file that fails", () => {
  test("does not stop the others, whatever it fails with", async () => {
    const spoiled = await startSpoiledService();
    const folder = await makeFolder();
    const refused = randomBytes(2000);
    const twoParts = randomBytes(partSize + 1);
    const small = randomBytes(3000);
    const sources = [
      await folder.write("refused.mp4", refused),
      await folder.write("two parts.mp4", twoParts),
      `${folder.path}/missing.mp4`,
      await folder.write("empty.mp4", ""),
      folder.path,
      await folder.write("small.mp4", small),
    ];
    const body = '{"error":{"message":"not this one"},"status":400}';
    spoiled.front.script([
      { when: about("GET", refused), fault: answerWith({ status: 400, body }) },
    ]);
    const outcomes = await collect(spoiled.connect().uploadAll(sources));
    outcomes.sort((a, b) => a.index - b.index);
    expect(outcomes.map(({ index, source }) => [index, source])).toEqual([...sources.entries()]);
    expect(outcomes.map(({ error }) => error?.code)).toEqual([
      "rejected",
      undefined,
      "source_unreadable",
      "source_empty",
      "source_unreadable",
      undefined,
    ]);
    for (const { source, error, result } of outcomes) {
      expect(error === undefined).toBe(result !== undefined);
      if (error) expect(error.message).toContain(source);
    }
    for (const [index, bytes] of [
      [1, twoParts],
      [5, small],
    ] as const) {
      const stored = await download(outcomes[index]?.result?.clip.videoUrl);
      expect(stored.equals(bytes)).toBe(true);
    }
    expect(spoiled.finalized()).toBe(2);
  });
});

describe("the order of outcomes", () => {
  const contents = [randomBytes(1000), randomBytes(1001), randomBytes(1002)];

  /** A gate for the finalizing of each content. */
  function holdFinalize({ front }: SpoiledService): Gate[] {
    const gates = contents.map(() => new Gate());
    front.script(
      contents.map((bytes, index) => ({
        when: about("POST", bytes),
        fault: holdAt(gates[index] ?? new Gate()),
      })),
    );
    return gates;
  }

  test("is that in which the files end", async () => {
    const spoiled = await startSpoiledService();
    const gates = holdFinalize(spoiled);
    const order: number[] = [];
    gates.at(2)?.open();
    for await (const { index } of spoiled.connect().uploadAll(contents)) {
      order.push(index);
      gates.at(index - 1)?.open();
    }
    expect(order).toEqual([2, 1, 0]);
  });

  test("stays that for a loop that is slower than the uploads", async () => {
    const spoiled = await startSpoiledService();
    const gates = holdFinalize(spoiled);
    const order: number[] = [];
    gates.at(2)?.open();
    const options = { waitFor: "finalized" } as const;
    for await (const { index } of spoiled.connect().uploadAll(contents, options)) {
      order.push(index);
      if (order.length > 1) continue;
      // The others end while the loop is still with the first, one after the other.
      for (const [ended, gate] of [gates[1], gates[0]].entries()) {
        gate?.open();
        await until(() => spoiled.front.log.filter(isFinalized).length === ended + 2);
        await awaitAnswers(spoiled.service, 10);
      }
    }
    expect(order).toEqual([2, 1, 0]);
  });

  test("an outcome does not wait for sources that are still to come", async () => {
    const { connect } = await startTestService();
    let isFirstOut = false;
    async function* watchFolder(): AsyncGenerator<UploadSource> {
      yield randomBytes(1000);
      await until(() => isFirstOut);
      yield randomBytes(1000);
    }
    for await (const _ of connect().uploadAll(watchFolder())) isFirstOut = true;
  });
});

function isFinalized({ method, path, status }: RequestRecord): boolean {
  return method === "POST" && path.includes("/directupload/") && status === 200;
}

describe("equal content", () => {
  const bytes = randomBytes(2 * partSize + 7);

  test("is sent once, however it is given", async () => {
    const spoiled = await startSpoiledService();
    const folder = await makeFolder();
    const path = await folder.write("a.mp4", bytes);
    const copy = await folder.write("b.mp4", bytes);
    const sources = [path, copy, bytes, new Blob([bytes]), path];
    const outcomes = await collect(spoiled.connect().uploadAll(sources));
    // The first is the one that is hashed first, which need not be the first that was given.
    expect(outcomes.map(({ result }) => result?.outcome).sort()).toEqual([
      ...Array(4).fill("known"),
      "uploaded",
    ]);
    expect(new Set(outcomes.map(({ result }) => result?.clip.id)).size).toBe(1);
    expect(spoiled.parts()).toHaveLength(3);
    expect(spoiled.finalized()).toBe(1);
  });

  test("whose first sending failed is tried by the next, and known to the rest", async () => {
    const spoiled = await startSpoiledService();
    spoiled.front.script([{ when: { ...put, part: 2 }, fault: answerWith({ status: 413 }) }]);
    const outcomes = await collect(
      spoiled.connect().uploadAll([bytes, bytes, bytes], { concurrency: 1 }),
    );
    const [first, ...rest] = outcomes;
    expect(first?.error?.code).toBe("rejected");
    expect(rest.map(({ result }) => result?.outcome).sort()).toEqual(["known", "uploaded"]);
    // Part 1 is there from the first try.
    expect(spoiled.parts().map(({ part }) => part)).toEqual([1, 2, 2, 3]);
    expect(spoiled.finalized()).toBe(1);
    expect((await download(rest[0]?.result?.clip.videoUrl)).equals(bytes)).toBe(true);
  });
});
