import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { noWishes } from "../src/catalog/clip-state.js";
import { StoreCatalog } from "../src/catalog/store-catalog.js";
import { resolveAccountLimits } from "../src/index.js";
import { OpenUploads } from "../src/uploads/open-uploads.js";
import { Room } from "../src/uploads/room.js";
import { openSweeps } from "./open-sweeps.js";
import {
  openGround,
  signIn,
  signInAs,
  startTestService,
  type TestService,
} from "./start-test-service.js";
import { makeContent, UploadClient } from "./upload-client.js";
import { withLimits } from "./with-limits.js";

const hour = 60 * 60 * 1000;

beforeEach(
  () => void vi.useFakeTimers({ toFake: ["Date"], now: Date.parse("2026-11-29T12:00:00Z") }),
);
afterEach(() => void vi.useRealTimers());

async function connect(service: TestService): Promise<UploadClient> {
  return new UploadClient(service, await signIn(service));
}

/** The same account by way of another process. */
function by(client: UploadClient, { rootUrl }: TestService): UploadClient {
  return new UploadClient({ ...client.service, rootUrl }, client.session);
}

it("a media type that is not taken gets 415, which names those that are", async () => {
  const service = await startTestService({ accountLimits: { mediaTypes: ["video/mp4"] } });
  const client = await connect(service);
  const { status, body } = await client.plan(makeContent(5), "size=5&mime=video/webm");
  expect([status, body]).toEqual([
    415,
    { status: 415, error: { message: "mime: video/webm is not taken, only video/mp4." } },
  ]);
  expect((await client.plan(makeContent(5), "size=5&mime=Video/MP4")).status).toBe(200);
});

it("an account has limits of its own, and the others those of all", async () => {
  const folder = (await startTestService()).folder;
  const { accounts } = await openGround(folder);
  const own = await accounts.createApp();
  const service = await startTestService({
    folder,
    accountLimits: { maxSize: 10, clipsPerDay: 5 },
    limitsByAccount: { [own.account]: { maxSize: 20, mediaTypes: ["video/webm"] } },
  });
  const [mine, other] = [
    new UploadClient(service, await signInAs(service, own)),
    await connect(service),
  ];
  expect((await mine.plan(makeContent(20), "size=20&mime=video/webm")).status).toBe(200);
  expect((await mine.plan(makeContent(21), "size=21&mime=video/webm")).status).toBe(400);
  expect((await other.plan(makeContent(11))).text).toContain("size: over the limit of 10 bytes");
});

it("an account takes no larger files than the service, and undefined lifts no limit", async () => {
  // As from a caller without types.
  const unset: object = { clipsPerDay: undefined, mediaTypes: undefined };
  const folder = (await startTestService()).folder;
  const own = await (await openGround(folder)).accounts.createApp();
  const service = await startTestService({
    ...{ folder, maxSize: 20 },
    accountLimits: { clipsPerDay: 1 },
    limitsByAccount: { [own.account]: { maxSize: 30, ...unset } },
  });
  const mine = new UploadClient(service, await signInAs(service, own));
  expect((await mine.plan(makeContent(21))).text).toContain("size: over the limit of 20 bytes");
  expect((await mine.plan(makeContent(20))).status).toBe(200);
  expect((await mine.plan(makeContent(19))).status).toBe(429);
  expect((await (await connect(service)).plan(makeContent(21))).status).toBe(400);
});

it("uploads of a day are counted right by two processes at once, and anew on the next day", async () => {
  const options = { accountLimits: { clipsPerDay: 7 } };
  const service = await startTestService(options);
  const second = await startTestService({ ...options, folder: service.folder });
  const client = await connect(service);
  const clients = [client, by(client, second)];
  const contents = Array.from({ length: 24 }, (_, index) => makeContent(100 + index));
  const answers = await Promise.all(
    contents.map((content, index) => clients[index % 2]?.plan(content)),
  );
  const statuses = answers.map((answer) => answer?.status);
  expect(statuses.filter((status) => status === 200)).toHaveLength(7);
  const refused = answers.filter((answer) => answer?.status === 429);
  expect(refused).toHaveLength(17);
  expect(refused[0]?.body.error?.message).toBe(
    "This account has begun its 7 uploads of today. The next day begins at midnight, UTC.",
  );
  expect(refused[0]?.headers.get("retry-after")).toBe(String(12 * 60 * 60));
  const begun = contents.find((_, index) => statuses[index] === 200) ?? makeContent(1);
  expect((await client.plan(begun)).status).toBe(200);
  vi.setSystemTime(Date.now() + 11 * hour);
  expect((await client.plan(makeContent(99))).status).toBe(429);
  vi.setSystemTime(Date.now() + hour);
  expect((await client.plan(makeContent(99))).status).toBe(200);
});

it("one content that two processes begin at once counts once, and what is known not at all", async () => {
  const options = { accountLimits: { clipsPerDay: 4 } };
  const service = await startTestService(options);
  const second = await startTestService({ ...options, folder: service.folder });
  const client = await connect(service);
  const clients = [client, by(client, second), client, by(client, second)];
  const content = makeContent(50);
  const answers = await Promise.all(clients.map((each) => each.plan(content)));
  expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 200]);
  await client.uploadAndSettle(content);
  expect((await client.plan(content)).body._upload).toBe(false);
  for (const size of [51, 52, 53]) {
    expect((await client.plan(makeContent(size))).status).toBe(200);
  }
  expect((await client.plan(makeContent(54))).status).toBe(429);
});

it("bytes of a day are counted; a file that no day has room for gets 413", async () => {
  const service = await startTestService({ accountLimits: { bytesPerDay: 100 } });
  const client = await connect(service);
  expect((await client.plan(makeContent(60))).status).toBe(200);
  const refused = await client.plan(makeContent(41));
  expect([refused.status, refused.body.error?.message]).toEqual([
    429,
    "This account has 40 of its 100 bytes of today left, and the file has 41. The next day begins at midnight, UTC.",
  ]);
  expect((await client.plan(makeContent(40))).status).toBe(200);
  expect((await client.plan(makeContent(101))).status).toBe(413);
  expect((await (await connect(service)).plan(makeContent(60))).status).toBe(200);
});

it("a clip is deleted by a sweep when its account's days are over, and not before", async () => {
  const service = await startTestService({ accountLimits: { retentionDays: 3 } });
  const client = await connect(service);
  const clip = await client.uploadAndSettle(makeContent(50));
  const { sweepAt, readAudit } = await openSweeps(service, () => ({ retentionDays: 3 }));
  expect(await sweepAt(71, clip.id)).toBeGreaterThan(0);
  expect(await sweepAt(72, clip.id)).toBeGreaterThan(0);
  expect(readAudit()).toEqual([]);
  expect(await sweepAt(85, clip.id)).toBe(0);
  const { account } = client.session;
  expect(readAudit()).toMatchObject([{ account, clip: clip.id, reason: "retention" }]);
  expect((await client.call(`me/videoclips/${clip.id}`)).status).toBe(404);
  expect((await client.call("me/videoclips")).body._count).toBe(0);
});

it.each([
  ["shortly before they are over", 71],
  ["after they are over, and before a sweep", 73],
])("the days of a clip begin anew when its content is planned again %s", async (_, hours) => {
  const service = await startTestService({ accountLimits: { retentionDays: 3 } });
  const app = await (await openGround(service.folder)).accounts.createApp();
  const connectApp = async () => new UploadClient(service, await signInAs(service, app));
  const content = makeContent(50);
  const { id } = await (await connectApp()).uploadAndSettle(content);
  const { sweepAt } = await openSweeps(service, () => ({ retentionDays: 3 }));
  vi.setSystemTime(Date.now() + hours * hour);
  const again = await (await connectApp()).plan(content);
  expect([again.body._upload, again.body.data]).toMatchObject([false, [{ id }]]);
  expect(await sweepAt(hours + 71, id)).toBeGreaterThan(0);
  expect(await sweepAt(hours + 72 + 48, id)).toBe(0);
});

it("days that became more hold for the clips that are there, too", async () => {
  const service = await startTestService({ accountLimits: { retentionDays: 1 } });
  const clip = await (await connect(service)).uploadAndSettle(makeContent(50));
  const { sweepAt } = await openSweeps(service, () => ({ retentionDays: 20 }));
  expect(await sweepAt(48, clip.id)).toBeGreaterThan(0);
  expect(await sweepAt(24 * 19, clip.id)).toBeGreaterThan(0);
  expect(await sweepAt(24 * 21, clip.id)).toBe(0);
});

async function openQuotas(clipsPerDay: number) {
  const { store } = await openGround((await startTestService()).folder);
  return (days: number) =>
    withLimits(
      store,
      () => Date.now() + days * 24 * hour,
      () => ({ clipsPerDay }),
    ).quota;
}

it("a clock that was a year ahead does not hold up an account for a year", async () => {
  const quotaAt = await openQuotas(1);
  await quotaAt(365).take("acc_a", 1);
  await quotaAt(0).take("acc_a", 1);
  await expect(quotaAt(0).take("acc_a", 1)).rejects.toMatchObject({
    status: 429,
    message: expect.stringContaining("its 1 upload of today."),
  });
});

it("what is taken back counts no more, also on the day of a clock that is ahead", async () => {
  const quotaAt = await openQuotas(2);
  await quotaAt(1).take("acc_a", 1);
  const takeBack = await quotaAt(0).take("acc_a", 1);
  await expect(quotaAt(0).take("acc_a", 1)).rejects.toMatchObject({ status: 429 });
  await takeBack();
  await quotaAt(0).take("acc_a", 1);
  await expect(quotaAt(1).take("acc_a", 1)).rejects.toMatchObject({ status: 429 });
});

async function openUploads() {
  const { store } = await openGround((await startTestService()).folder);
  const now = () => Date.now();
  const catalog = new StoreCatalog({ store, now, onDamage: ({ key }) => expect.fail(key) });
  const { quota } = withLimits(store, now, () => ({ clipsPerDay: 1 }));
  const open = new OpenUploads({
    store,
    catalog,
    now,
    quota,
    room: new Room(store, async () => {}),
  });
  const address = { account: "acc_a", asset: "videoclip", checksum: "0".repeat(32) };
  const announced = { size: 1, mime: "video/mp4", filename: null, ...noWishes };
  return (id: string) => open.create(id.repeat(24), address, null, announced);
}

it("who has read before another request took the last place for the same content goes on with it", async () => {
  const create = await openUploads();
  expect(await create("a")).toMatchObject({ stored: [] });
  expect(await create("a")).toBeNull();
  await expect(create("b")).rejects.toMatchObject({ status: 429 });
});

it("who asks for the last place at the same moment for the same content goes on with it", async () => {
  const create = await openUploads();
  const [one, other, third] = await Promise.all([create("a"), create("a"), create("a")]);
  expect([one?.stored, other, third]).toEqual([[], null, null]);
  await expect(Promise.all([create("b"), create("b")])).rejects.toMatchObject({ status: 429 });
});

it.each([
  [{ accountLimits: { maxSize: 0 } }, "accountLimits.maxSize: not a whole number above 0"],
  [
    { limitsByAccount: { acc_a: { clipsPerDay: 1.5 } } },
    "limitsByAccount.acc_a.clipsPerDay: not a",
  ],
  [{ accountLimits: { maxSize: 5 * 1024 ** 4 + 1 } }, "accountLimits.maxSize: over 5 TiB"],
  [{ accountLimits: { retentionDays: 40_000 } }, "accountLimits.retentionDays: over 36500 days"],
  [{ accountLimits: { pullRequestDays: 40_000 } }, "accountLimits.pullRequestDays: over 36500"],
  [{ accountLimits: { pullRequestDays: 0 } }, "accountLimits.pullRequestDays: not a whole number"],
  [
    { accountLimits: { mediaTypes: ["MP4"] } },
    'accountLimits.mediaTypes: "MP4" is not the type of a video or a picture',
  ],
  [{ accountLimits: { privatePictures: "some" as "shown" } }, "accountLimits.privatePictures: not"],
  [{ accountLimits: { private: "yes" as never } }, "accountLimits.private: not true or false"],
  [{ accountLimits: { mediaTypes: [] } }, "accountLimits.mediaTypes: none is left"],
])("limits that make no sense are refused: %j", (options, message) => {
  expect(() => resolveAccountLimits(options)).toThrow(message);
});
