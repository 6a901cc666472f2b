import { pino } from "pino";
import { beforeAll, expect, it } from "vitest";
import {
  Comparing,
  clipsOn,
  comparing,
  diff,
  listFiles,
  picture,
  restart,
  start,
} from "./compare-clips.js";
import { answering, readyResult } from "./fake-media.js";
import {
  listKeys,
  openGround,
  startSharedService,
  startTestService,
} from "./start-test-service.js";
import { first, makeContent, UploadClient } from "./upload-client.js";

/** For the tests that change nothing. */
let sharedStart: Awaited<ReturnType<typeof clipsOn>>;

beforeAll(async () => {
  sharedStart = await clipsOn(await startSharedService({ media: comparing().media }));
});

it("a comparison is asked for, made, and told with its picture", async () => {
  const { asked, service, mine, old, now } = await start();
  expect((await mine.get(now, old)).status).toBe(404);
  const answer = await mine.ask(now, old);
  const url = `${service.baseUrl}c/${now}/compare/${old}`;
  expect(first(answer)).toMatchObject({
    ...{ old_id: old, new_id: now, diff: null, reason: null, picture_url: null, url },
  });
  await service.settled();
  const made = first(await mine.get(now, old));
  expect(made).toMatchObject({ status: "ready", diff, picture_url: `${url}.gif`, url });
  expect(await (await fetch(`${url}.json`)).json()).toEqual(made);
  const gif = await fetch(`${url}.gif`);
  expect(gif.headers.get("content-type")).toBe("image/gif");
  expect(Buffer.from(await gif.arrayBuffer())).toEqual(picture);
  const { account } = mine.client.session;
  expect(asked).toEqual([{ account, ignore: [], tolerance: 1, picture: true }]);
});

it("a change of a few pixels is told on the page as one, and not as none", async () => {
  const small = { ...diff, ranges: diff.ranges.map((range) => ({ ...range, share: 0.0001 })) };
  const { mine, old, now } = await start(async () => ({
    ...{ outcome: "ready", diff: small, picture: null },
  }));
  const { url } = await mine.settle(now, old);
  expect(await (await fetch(url)).text()).toContain("changed, under 0.1 % of the picture");
});

it("the same is asked for once, and another way makes it anew", async () => {
  const { asked, service, mine, old, now } = await start();
  const made = await mine.settle(now, old);
  expect(first(await mine.ask(now, old))).toEqual(made);
  const box = { x: 0, y: 0, width: 0.5, height: 0.1, unit: "share" };
  const again = await mine.settle(now, old, { ignore: [box], tolerance: 2 });
  expect(again).toMatchObject({ status: "ready", ignore: [box], tolerance: 2 });
  expect(made).toMatchObject({ ignore: [], tolerance: 1 });
  expect(asked).toMatchObject([{ ignore: [] }, { ignore: [box], tolerance: 2 }]);
  // Nothing of the first one is left.
  expect(await listFiles(service, now)).toHaveLength(2);
  // As a form, too.
  const form = new URLSearchParams({ ignore: JSON.stringify([box]), tolerance: "2" });
  const path = `me/videoclips/${now}/comparisons/${old}`;
  const answer = await mine.client.call(path, { method: "POST", body: form });
  expect(answer.body.data[0]).toEqual(again);
});

it("of two requests at once one makes it, and the other is told the same", async () => {
  const { asked, service, mine, old, now } = await start();
  const answers = await Promise.all(Array.from({ length: 4 }, () => mine.ask(now, old)));
  const [created] = answers.map((answer) => first(answer).created_on);
  expect(answers.map((answer) => [answer.status, first(answer).created_on])).toEqual(
    answers.map(() => [200, created]),
  );
  await service.settled();
  expect(asked).toHaveLength(1);
  expect(await listKeys(service, "comparisons/")).toEqual([]);
});

it.each([
  ["no JSON", "{", "The body"],
  ["a box that is none", { ignore: [{ x: 0, y: 0, width: 1, height: 1 }] }, "ignore: box 1"],
  ["a box without area", { ignore: [box({}), box({ width: 0 })] }, "ignore: box 2"],
  ["a box before the picture", { ignore: [box({ x: -1 })] }, "ignore: box 1"],
  ["a share above 1", { ignore: [box({ width: 1.5, unit: "share" })] }, "ignore: box 1"],
  ["no list", { ignore: {} }, "ignore: not a list"],
  ["too many boxes", { ignore: Array(21).fill(box({})) }, "ignore: 21 boxes"],
  ["a factor of 0", { tolerance: 0 }, "tolerance"],
  ["a factor that is a word", { tolerance: "much" }, "tolerance"],
  ["a factor that is empty", { tolerance: " " }, "tolerance"],
  ["a factor without end", { tolerance: "Infinity" }, "tolerance"],
  ["a factor above all", { tolerance: 101 }, "tolerance"],
])("%s is refused, and nothing is made", async (_, body, message) => {
  const { service, mine, old, now } = sharedStart;
  const answer = await mine.ask(now, old, body);
  expect(answer.status).toBe(400);
  expect(answer.body.error?.message).toContain(message);
  expect((await mine.get(now, old)).status).toBe(404);
  expect(await listKeys(service, "comparisons/")).toEqual([]);
});

function box(changes: object) {
  return { x: 10, y: 10, width: 20, height: 20, unit: "pixel", ...changes };
}

it.each([4 / 3, 1e-7, "1e1", 100])("the factor %s is taken as it is", async (tolerance) => {
  const { mine, old, now } = await start();
  const path = `me/videoclips/${now}/comparisons/${old}`;
  const body = new URLSearchParams({ tolerance: String(tolerance) });
  const asked = await mine.client.call(path, { method: "POST", body });
  expect(asked.body.data[0]).toMatchObject({ tolerance: Number(tolerance) });
});

it("clips of other accounts, and ids of none, are not there", async () => {
  const { service, mine, old, now } = sharedStart;
  const other = await Comparing.on(service);
  const foreign = await other.clip();
  for (const [one, two] of [
    [now, foreign],
    [foreign, old],
    [now, "A".repeat(24)],
    [now, "%20"],
    ["nothing", old],
  ] as const) {
    expect((await mine.ask(one, two)).status).toBe(404);
    expect((await mine.get(one, two)).status).toBe(404);
  }
  expect((await mine.ask(now, foreign)).text).toContain(foreign);
  expect((await mine.ask(now, now)).status).toBe(400);
  const without = await fetch(`${service.rootUrl}me/videoclips/${now}/comparisons/${old}`);
  expect(without.status).toBe(401);
});

it("without what compares it fails, says why, and is made when it is there", async () => {
  const service = await startTestService({ media: answering(readyResult()) });
  const mine = await Comparing.on(service);
  const [old, now] = [await mine.clip(), await mine.clip()];
  expect(await mine.settle(now, old)).toMatchObject({
    ...{ status: "failed", reason: "This service compares no clips.", picture_url: null },
  });
  const later = await restart(mine, comparing());
  expect(await later.settle(now, old)).toMatchObject({ status: "ready", reason: null });
});

it("what is no video is named, and a photo is not compared with a video", async () => {
  const { mine, old, now } = await start(async () => ({
    ...{ outcome: "not-media", reason: "the old file has no video track" },
  }));
  expect(await mine.settle(now, old)).toMatchObject({
    ...{ status: "failed", reason: "The old file has no video track." },
  });
  const photos = new UploadClient(mine.client.service, mine.client.session, "photo");
  const png = Buffer.concat([Buffer.from("\x89PNG\r\n\x1a\n", "latin1"), makeContent(90)]);
  const photo = await photos.uploadAndSettle(png, `size=${png.length}&mime=image/png`);
  expect(photo.status).toBe("available");
  expect(await mine.settle(now, photo.id)).toMatchObject({
    ...{
      status: "failed",
      reason: "One of the two is a photo, and the other a video: they cannot be compared.",
    },
  });
});

it("two photos are compared, and what has changed is a PNG", async () => {
  const { mine } = await start();
  const photos = new UploadClient(mine.client.service, mine.client.session, "photo");
  const upload = async (size: number) => {
    const png = Buffer.concat([Buffer.from("\x89PNG\r\n\x1a\n", "latin1"), makeContent(size)]);
    return (await photos.uploadAndSettle(png, `size=${png.length}&mime=image/png`)).id;
  };
  const [before, after] = [await upload(91), await upload(92)];
  const { picture_url, url, ...made } = await mine.settle(after, before);
  expect(made).toMatchObject({ status: "ready", diff });
  expect(picture_url).toBe(`${url}.png`);
  const answer = await fetch(`${url}.png`);
  expect([answer.status, answer.headers.get("content-type")]).toEqual([200, "image/png"]);
  expect(Buffer.from(await answer.bytes())).toEqual(picture);
  expect((await fetch(`${url}.gif`)).status).toBe(404);
});

it("a clip has ten comparisons: the oldest makes room, and that is told", async () => {
  const { service, mine, old, now } = await start();
  await mine.settle(now, old);
  for (let count = 1; count < 10; count += 1) await mine.settle(now, await mine.clip());
  const answer = await mine.ask(now, await mine.clip());
  expect(answer.body).toMatchObject({ _dropped: [old] });
  await service.settled();
  expect((await mine.get(now, old)).status).toBe(404);
  expect(await listFiles(service, now)).toHaveLength(20);
  expect(await listKeys(service, "compared/")).toHaveLength(10);
  expect(service.log.join("")).toContain(`"dropped":["${old}"]`);
});

it("a stored result that is damaged is told, and made anew when it is asked for", async () => {
  const { service, mine, old, now } = await start();
  await mine.settle(now, old);
  const { store } = await openGround(service.folder);
  const key = (await listFiles(service, now)).find((one) => one.endsWith(".json")) ?? "";
  await store.putObject(key, "{", { ifMatch: (await store.headObject(key))?.etag ?? "" });
  expect(first(await mine.get(now, old))).toMatchObject({ status: "failed", picture_url: null });
  expect(await mine.settle(now, old)).toMatchObject({ status: "ready", diff });
});

it("who has asked is in the audit log, with both clips", async () => {
  const lines: string[] = [];
  const audit = pino({ base: null }, { write: (line: string) => void lines.push(line) });
  const service = await startTestService({ audit, media: comparing().media });
  const mine = await Comparing.on(service);
  const [old, now] = [await mine.clip(), await mine.clip()];
  await mine.settle(now, old);
  const said = lines.map((line) => JSON.parse(line)).filter(({ old: id }) => id === old);
  const route = "/v2.7/me/videoclips/:id/comparisons/:old";
  const facts = { account: mine.client.session.account, route, clip: now, old, status: 200 };
  expect(said).toMatchObject([
    { ...facts, method: "POST" },
    { ...facts, method: "GET" },
  ]);
});
