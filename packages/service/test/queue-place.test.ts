import { expect, it, onTestFinished, vi } from "vitest";
import type { WorkPlace } from "../src/catalog/keys.js";
import { QueueView } from "../src/catalog/queue-view.js";
import { answering, endlessMedia, readyResult } from "./fake-media.js";
import { signIn, startTestService, type TestService } from "./start-test-service.js";
import { makeContent, UploadClient } from "./upload-client.js";

async function connect(service: TestService): Promise<UploadClient> {
  return new UploadClient(service, await signIn(service));
}

/** The `_queue` of a clip's answer. */
async function placeOf(client: UploadClient, { id }: { id: string }): Promise<unknown> {
  const { body } = await client.call(`me/videoclips/${id}`);
  return "_queue" in body ? body._queue : null;
}

it("pending clips have the places in which they are verified: accounts take turns", async () => {
  const service = await startTestService({ media: endlessMedia });
  const [one, other] = [await connect(service), await connect(service)];
  const clips = [];
  for (let index = 0; index < 4; index += 1) clips.push(await one.upload(makeContent(100 + index)));
  const late = await other.upload(makeContent(99));
  const places = await Promise.all(clips.map((clip) => placeOf(one, clip)));
  expect(places).toEqual([0, 2, 3, 4].map((position) => ({ position })));
  expect(await placeOf(other, late)).toEqual({ position: 1 });
});

it("a process tells the places of what another one is working on", async () => {
  const service = await startTestService({ media: endlessMedia });
  const client = await connect(service);
  const [, second] = [await client.upload(makeContent(10)), await client.upload(makeContent(11))];
  const { rootUrl } = await startTestService({ media: endlessMedia, folder: service.folder });
  const elsewhere = new UploadClient({ ...service, rootUrl }, client.session);
  expect(await placeOf(elsewhere, second)).toEqual({ position: 1 });
});

it("a clip that is verified has no place any more", async () => {
  const service = await startTestService({ media: answering(readyResult()) });
  const client = await connect(service);
  const clip = await client.uploadAndSettle(makeContent(10));
  expect(clip.status).toBe("available");
  expect(await placeOf(client, clip)).toBeNull();
});

function makePlaces(account: string, count: number): WorkPlace[] {
  return Array.from({ length: count }, (_, index) => ({
    ...{ addedAt: index, account },
    id: `${account}-${index}`,
  }));
}

const view = (places: WorkPlace[], hasMore = false) =>
  new QueueView(
    async () => ({ places, hasMore }),
    () => 0,
  );

it("behind the first places of a long list, a place is a bound that is never too high", async () => {
  const ofTwo = [...makePlaces("a", 990), ...makePlaces("b", 10)];
  const long = view(ofTwo, true);
  expect(await long.countBefore({ id: "a-989", account: "a" })).toBe(999);
  expect(await long.countBefore({ id: "a-later", account: "a" })).toBe(1_000);
  // The eleventh of its account: eleven of the other and ten of its own have their turns before.
  expect(await long.countBefore({ id: "b-later", account: "b" })).toBe(21);
  // The first of its account, behind the first of each other one.
  expect(await long.countBefore({ id: "c-0", account: "c" })).toBe(2);
});

it("no place is made up for a clip on which no work is known", async () => {
  expect(await view(makePlaces("a", 3)).countBefore({ id: "gone", account: "a" })).toBeNull();
  expect(await view([]).countBefore({ id: "gone", account: "a" })).toBeNull();
});

it("the list is read once in two seconds, however many ask, and again after a failure", async () => {
  let [time, reads] = [0, 0];
  let isAway = false;
  const queue = new QueueView(
    async () => {
      reads += 1;
      if (isAway) throw new Error("The store is away.");
      return { places: makePlaces("a", reads), hasMore: false };
    },
    () => time,
  );
  const ask = (id: string) => queue.countBefore({ id, account: "a" });
  await Promise.all(Array.from({ length: 50 }, () => ask("a-0")));
  time = 1_999;
  expect(await ask("a-1")).toBeNull();
  expect(reads).toBe(1);
  time = 2_000;
  expect(await ask("a-1")).toBe(1);
  [isAway, time] = [true, 4_000];
  // The clip itself can be answered.
  expect(await ask("a-2")).toBeNull();
  isAway = false;
  expect(await ask("a-2")).toBe(2);
});

it("a list that takes long is waited for by nobody for more than a second, and read once", async () => {
  vi.useFakeTimers();
  onTestFinished(() => void vi.useRealTimers());
  let reads = 0;
  const queue = new QueueView(
    () => {
      reads += 1;
      return new Promise(() => {});
    },
    () => Date.now(),
  );
  for (let round = 0; round < 3; round += 1) {
    const place = queue.countBefore({ id: "a-0", account: "a" });
    await vi.advanceTimersByTimeAsync(3_000);
    expect(await place).toBeNull();
  }
  expect(reads).toBe(1);
});
