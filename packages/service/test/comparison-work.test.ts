import type { VideoDiff } from "@clipcourier/core/wire";
import { expect, it, onTestFinished, vi } from "vitest";
import { comparisonKeys, versionOf, workKey } from "../src/catalog/keys.js";
import type { Media } from "../src/media/types.js";
import { Comparing, comparing, diff, picture, restart, start } from "./compare-clips.js";
import { readyResult } from "./fake-media.js";
import { listKeys, openGround, startTestService } from "./start-test-service.js";
import { first, makeContent } from "./upload-client.js";

it("what FFmpeg cannot do now is tried again later, and fails after five attempts", async () => {
  const { asked, service, mine, old, now } = await start(async () => ({
    ...{ outcome: "unavailable", reason: "There is no FFmpeg.", detail: "Install it." },
  }));
  expect(await mine.settle(now, old)).toMatchObject({ status: "pending", reason: null });
  expect(service.log.join("")).toContain("Install it.");
  let last = mine;
  for (const minutes of [1, 2, 4, 8]) {
    turnClock(minutes);
    const media = comparing(async (...call) => {
      asked.push(call[2]);
      return { outcome: "unavailable", reason: "There is no FFmpeg." };
    });
    last = await restart(last, media);
    await last.client.service.settled();
  }
  expect(asked).toHaveLength(5);
  expect(first(await last.get(now, old))).toMatchObject({
    ...{ status: "failed", reason: "There is no FFmpeg." },
  });
});

it("what waits is made after a restart, also where the process has ended while it was made", async () => {
  const { service, mine, old, now } = await start(untilStopped);
  await mine.ask(now, old);
  await expect.poll(() => listKeys(service, "comparisons/")).toHaveLength(1);
  const { asked, media } = comparing();
  const later = await restart(mine, { media });
  await later.client.service.settled();
  expect(first(await later.get(now, old))).toMatchObject({ status: "ready", diff });
  expect(asked).toHaveLength(1);
});

it("one that has ended the process five times is not tried again", async () => {
  const { service, mine, old, now } = await start(untilStopped);
  await mine.ask(now, old);
  await service.close();
  const { store } = await openGround(service.folder);
  const [{ key = "" } = {}] = (await store.listObjects("comparisons/")).objects;
  const found = await store.getObject(key);
  const ended = { owner: null, until: 0, attempts: 0, ends: 5 };
  await store.putObject(key, JSON.stringify(ended), { ifMatch: found?.etag ?? "" });
  const { asked, media } = comparing();
  const later = await restart(mine, { media });
  await later.client.service.settled();
  expect(first(await later.get(now, old))).toMatchObject({
    ...{ status: "failed", reason: "The service ended 5 times while the two were compared." },
  });
  expect(asked).toEqual([]);
});

it("of an attempt that ended before it was recorded nothing is mixed with the next one", async () => {
  const { service, mine, old, now } = await start(untilStopped);
  const { created_on = "" } = first(await mine.ask(now, old));
  await service.close();
  const { store } = await openGround(service.folder);
  const [{ key = "" } = {}] = (await store.listObjects(`clips/${now}/`)).objects.filter(({ key }) =>
    key.endsWith("/content"),
  );
  const keys = comparisonKeys(now, versionOf(now, key) ?? "", { askedOn: created_on });
  const left = JSON.stringify({ ...diff, summary: "Of the first attempt." });
  await store.putObject(keys.result, left, { ifNoneMatch: "*" });
  await store.putObject(keys.picture, "of the first attempt");
  const later = await restart(mine, comparing());
  await later.client.service.settled();
  const made = first(await later.get(now, old));
  expect(made).toMatchObject({ status: "ready", diff });
  expect(Buffer.from(await (await fetch(made.picture_url ?? "")).bytes())).toEqual(picture);
});

it("what another process has recorded is left as it is by one that comes late", async () => {
  const begun = Promise.withResolvers<void>();
  const end = Promise.withResolvers<void>();
  const { service, mine, old, now } = await start(async () => {
    begun.resolve();
    await end.promise;
    const late = { ...diff, summary: "Of the late one." };
    return { outcome: "ready", diff: late, picture: Buffer.from("of the late one") };
  });
  await mine.ask(now, old);
  await begun.promise;
  // Its lease has run out by then.
  turnClock(2);
  const other = await startTestService({ folder: service.folder, ...comparing() });
  await expect.poll(async () => first(await mine.get(now, old)).status).toBe("ready");
  await other.settled();
  end.resolve();
  await service.settled();
  const made = first(await mine.get(now, old));
  expect(made).toMatchObject({ status: "ready", diff });
  expect(Buffer.from(await (await fetch(made.picture_url ?? "")).bytes())).toEqual(picture);
});

it.each([
  ["over a limit", true, 2],
  ["not to be told, as it would be again", undefined, 1],
])(
  "what is %s is asked for twice, and made as often as that helps",
  async (_, isOverLimit, times) => {
    const unknown: VideoDiff = { ...diff, verdict: "cannot-tell", reason: "it is so", ranges: [] };
    const { asked, mine, old, now } = await start(async () => ({
      ...{ outcome: "ready", diff: unknown, picture: null },
      ...(isOverLimit && { isOverLimit }),
    }));
    const made = await mine.settle(now, old);
    expect(made).toMatchObject({ status: "ready", diff: unknown });
    const again = await mine.settle(now, old);
    expect(again).toMatchObject({ status: "ready", diff: unknown });
    expect(asked).toHaveLength(times);
  },
);

it("work that a back-up has lost is recorded again", async () => {
  const { service, mine, old, now } = await start(untilStopped);
  await mine.ask(now, old);
  await service.close();
  const { store } = await openGround(service.folder);
  const [{ key = "" } = {}] = (await store.listObjects("comparisons/")).objects;
  await store.deleteObjects([key]);
  turnClock(1);
  const later = await restart(mine, comparing());
  await later.get(now, old);
  expect(await listKeys(later.client.service, "comparisons/")).toEqual([key]);
  await (await restart(later, comparing())).client.service.settled();
});

it("a clip that is pending is waited for, however often", async () => {
  const release = Promise.withResolvers<void>();
  const { asked, media } = comparing();
  const slow: Media = {
    ...media,
    async inspect() {
      await release.promise;
      return readyResult();
    },
  };
  const service = await startTestService({ media: slow });
  const mine = await Comparing.on(service);
  const [old, now] = [
    (await mine.client.upload(makeContent(10))).id,
    (await mine.client.upload(makeContent(20))).id,
  ];
  expect(first(await mine.ask(now, old)).status).toBe("pending");
  const { store } = await openGround(service.folder);
  const readWork = async () => {
    const [{ key = "" } = {}] = (await store.listObjects("comparisons/")).objects;
    const found = await store.getObject(key);
    return found && JSON.parse(await new Response(found.body).text());
  };
  // It was given back, and that is no attempt.
  await expect.poll(readWork).toMatchObject({ owner: null, attempts: 0 });
  expect(asked).toEqual([]);
  release.resolve();
  await expect.poll(async () => first(await mine.get(now, old)).status).toBe("ready");
});

it("an account may have a hundred that wait, and then is told to come again", async () => {
  const { service, mine, old, now } = await start();
  const { store } = await openGround(service.folder);
  const { account } = mine.client.session;
  const later = Date.now() + 3_600_000;
  for (let index = 0; index < 100; index += 1) {
    await store.putObject(
      workKey("comparisons/", { addedAt: later + index, id: now, account }),
      "",
    );
  }
  const answer = await mine.ask(now, old);
  expect([answer.status, answer.headers.get("retry-after")]).toEqual([429, "60"]);
  expect((await mine.get(now, old)).status).toBe(404);
  const other = await Comparing.on(service);
  expect(await other.settle(await other.clip(), await other.clip())).toMatchObject({
    status: "ready",
  });
});

/** Lets so many minutes pass. The timers keep running. */
function turnClock(minutes: number): void {
  vi.useFakeTimers({ toFake: ["Date"], now: Date.now() + minutes * 60_000 });
  onTestFinished(() => void vi.useRealTimers());
}

/** A comparison that lasts until the service is closed. */
const untilStopped: NonNullable<Media["compare"]> = (_old, _now, _options, signal) =>
  new Promise((resolve) => {
    const stop = () => resolve({ outcome: "unavailable", reason: "The work was stopped." });
    if (signal?.aborted) stop();
    signal?.addEventListener("abort", stop);
  });
