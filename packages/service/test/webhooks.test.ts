import { describe, expect, it } from "vitest";
import type { Clip } from "../src/catalog/clip-state.js";
import { Deletion } from "../src/clips/deletion.js";
import type { WebhookEndpoint, WebhookEvent } from "../src/index.js";
import { measureNothing } from "../src/metrics/measure.js";
import { findFreePort } from "./free-port.js";
import { endpointOf, openOutbox } from "./open-outbox.js";
import { startSignedIn } from "./start-signed-in.js";
import { makeFolder, startTestService, type TestService } from "./start-test-service.js";
import { makeContent } from "./upload-client.js";
import { startReceiver, verify, webhookSecret } from "./webhook-receiver.js";

const hour = 60 * 60_000;

async function startWith(endpoints: WebhookEndpoint[], folder?: string, allow = ["loopback"]) {
  const port = await findFreePort();
  return startSignedIn({
    ...(folder !== undefined && { folder }),
    ...{ port, publicUrl: `http://127.0.0.1:${port}/`, webhooks: { endpoints, allow } },
  });
}

describe("a receiver", () => {
  it("is told of clips that are available, have failed and are deleted, and nothing else", async () => {
    const receiver = await startReceiver();
    const { service, session, client } = await startWith([endpointOf(receiver)]);
    const content = makeContent(100);
    const clip = await client.uploadAndSettle(content, "size=100&filename=a.mp4");
    await client.uploadAndSettle(makeContent(90), undefined, makeContent(90));
    await client.call(`me/videoclips/${clip.id}`, { method: "DELETE" });
    await service.settled();
    const messages = receiver.received.map((one) => verify(one));
    expect(messages.map(({ type }) => type)).toEqual([
      ...["clip.available", "clip.failed", "clip.deleted"],
    ]);
    const [available, failed, deleted] = messages;
    expect(available?.data).toMatchObject({ ...clip, account: session.account });
    expect(failed?.data).toMatchObject({ status: "failed", reason: expect.any(String) });
    expect(deleted?.data).toMatchObject({ id: clip.id, filename: "a.mp4", size: 100 });
    const ids = receiver.received.map(({ headers }) => headers["webhook-id"]);
    expect(new Set(ids).size).toBe(3);
    const [first] = receiver.received;
    const other = `whsec_${Buffer.alloc(32, 8).toString("base64")}`;
    expect(() => first && verify(first, other)).toThrow("No matching signature");
    const log = service.log.join("");
    for (const secret of [webhookSecret, webhookSecret.slice(6), "in-the-url", "v1,"]) {
      expect(log).not.toContain(secret);
    }
  });

  it("is told of the events and the accounts that it wants", async () => {
    const [events, accounts] = await Promise.all([startReceiver(), startReceiver()]);
    const { service, client } = await startWith([
      endpointOf(events, { name: "events", events: ["clip.deleted"] }),
      endpointOf(accounts, { name: "accounts", accounts: ["acc_other"] }),
    ]);
    const { id } = await client.uploadAndSettle(makeContent(100));
    await client.call(`me/videoclips/${id}`, { method: "DELETE" });
    await service.settled();
    expect(events.received.map((one) => verify(one).type)).toEqual(["clip.deleted"]);
    expect(accounts.received).toEqual([]);
  });

  it("is sent what an ended process has left, once the change is there", async () => {
    const folder = await makeFolder();
    const receiver = await startReceiver();
    const { catalog, outbox, clip } = await openOutbox(receiver, folder);
    // As where the process has ended between the two: before the change, and after it.
    await outbox.announce("clip.failed", clip);
    const state = { ...clip, status: "failed", reason: "It failed." } as const;
    const record = await catalog.read(clip.id);
    if (record) await catalog.replace(record, state);
    const { service } = await startWith([endpointOf(receiver)], folder);
    await service.settled();
    expect(receiver.received.map((one) => verify(one).data)).toEqual([{ id: clip.id }]);
  });
});

describe("a message that is not taken", () => {
  it("is sent again with growing delays and one id, and given up after three days", async () => {
    const receiver = await startReceiver([500]);
    const stage = await openOutbox(receiver);
    await stage.outbox.announce("clip.available", stage.clip);
    await stage.change("available");
    const start = stage.time();
    const delays: number[] = [];
    await stage.deliverDue();
    while ((await stage.catalog.deliveries.count()) > 0) {
      const { seconds } = JSON.parse(stage.log.at(-1) ?? "{}") as { seconds: number };
      delays.push(seconds / 5);
      // Clocks of machines may differ by two seconds.
      stage.pass(seconds * 1000 - 3_000);
      await stage.deliverDue();
      expect(receiver.received).toHaveLength(delays.length);
      stage.pass(3_000);
      await stage.deliverDue();
      expect(receiver.received).toHaveLength(delays.length + 1);
    }
    expect(delays.slice(0, 7)).toEqual([1, 2, 4, 8, 16, 32, 64]);
    expect(delays.at(-1)).toBe((6 * hour) / 5_000);
    expect(stage.time() - start).toBeGreaterThan(72 * hour);
    expect(new Set(receiver.received.map(({ headers }) => headers["webhook-id"])).size).toBe(1);
    expect(stage.log.join("")).toContain('"msg":"webhook given up"');
    expect(stage.log.join("")).not.toContain("in-the-url");
  });

  it.each([
    [[503, 200], 2],
    [[302, 204], 2],
    [[410], 1],
  ])("with %j is sent so often", async (statuses, times) => {
    const elsewhere = await startReceiver();
    const receiver = await startReceiver([...statuses], { location: elsewhere.url });
    const stage = await openOutbox(receiver);
    await stage.outbox.announce("clip.available", stage.clip);
    await stage.change("available");
    for (let time = 0; time < 5; time += 1) {
      await stage.deliverDue();
      stage.pass(10_000);
    }
    expect([receiver.received.length, elsewhere.received.length]).toEqual([times, 0]);
    expect(await stage.catalog.deliveries.count()).toBe(0);
  });

  it("waits for a process that knows its receiver, and is dropped after three days", async () => {
    const receiver = await startReceiver();
    const stage = await openOutbox(receiver);
    await stage.outbox.announce("clip.available", stage.clip);
    await stage.change("available");
    const older = stage.openOther([]);
    for (let time = 0; time < 3; time += 1) {
      await stage.deliverDue(older);
      stage.pass(hour);
    }
    // It waits as long again as it has waited.
    stage.pass(hour);
    await stage.deliverDue();
    expect(receiver.received).toHaveLength(1);
    await stage.outbox.announce("clip.available", stage.clip);
    const start = stage.time();
    while ((await stage.catalog.deliveries.count()) > 0) {
      await stage.deliverDue(older);
      stage.pass(hour);
    }
    expect(stage.time() - start).toBeGreaterThan(72 * hour);
    expect(stage.log.join("")).toContain("a webhook has no receiver, and is dropped");
  });

  it("is told of as waiting where a process starts that knows no receiver at all", async () => {
    const folder = await makeFolder();
    const { outbox, clip } = await openOutbox(await startReceiver(), folder);
    await outbox.announce("clip.failed", clip);
    const told = ({ log }: TestService) =>
      log.map((line) => JSON.parse(line)).filter(({ msg }) => msg.startsWith("webhooks wait"));
    const service = await startTestService({ folder });
    await expect.poll(() => told(service)).toMatchObject([{ level: 40, webhooks: 1 }]);
    await service.close();
    const { service: knowing } = await startWith([], folder);
    await knowing.close();
    expect(told(knowing)).toEqual([]);
  });

  it("is dropped where the change that was announced is not made", async () => {
    const receiver = await startReceiver();
    const stage = await openOutbox(receiver);
    await stage.outbox.announce("clip.available", stage.clip);
    for (let time = 0; time < 12; time += 1) {
      await stage.deliverDue();
      stage.pass(60_000);
    }
    expect(receiver.received).toEqual([]);
    expect(await stage.catalog.deliveries.count()).toBe(0);
  });
});

describe("a change that is given up", () => {
  it("is not told of: a clip that another process has found to be bad", async () => {
    const receiver = await startReceiver();
    const stage = await openOutbox(receiver);
    await stage.outbox.announce("clip.available", stage.clip);
    await stage.change("failed");
    for (let time = 0; time < 12; time += 1) {
      await stage.deliverDue();
      stage.pass(60_000);
    }
    expect(receiver.received).toEqual([]);
    expect(await stage.catalog.deliveries.count()).toBe(0);
  });

  it("is not told of: the deletion of a clip that is uploaded again meanwhile", async () => {
    const receiver = await startReceiver();
    const { outbox, catalog, store, clip, time, ...stage } = await openOutbox(receiver);
    const announce = async (event: WebhookEvent, found: Clip) => {
      const withdraw = await outbox.announce(event, found);
      await stage.change("available", "w");
      return withdraw;
    };
    const deletion = new Deletion({
      ...{ store, catalog, measure: measureNothing, now: time },
      announcer: { announce, wake() {} },
    });
    const deleted = await deletion.delete(clip.id, {
      isWanted: (found) => found?.version === "v",
      onDeleted: () => expect.fail("The clip was deleted."),
    });
    expect(deleted).toBeNull();
    await stage.deliverDue();
    expect(receiver.received).toEqual([]);
  });

  it.each([
    ["available", 1],
    ["failed", 0],
  ] as const)("is withdrawn unless it was made after all: %s", async (status, told) => {
    const receiver = await startReceiver();
    const stage = await openOutbox(receiver);
    const withdraw = await stage.outbox.announce("clip.available", stage.clip);
    await stage.change(status);
    await withdraw();
    expect(await stage.catalog.deliveries.count()).toBe(told);
    await stage.deliverDue();
    expect(receiver.received).toHaveLength(told);
  });
});

it.each<[Partial<WebhookEndpoint>, string]>([
  [{ name: "A b" }, "a name is up to 40 small letters"],
  [{ url: "ftp://a.example/secret" }, "receiver: the url is no http or https address"],
  [{ secret: "whsec_c2hvcnQ=" }, "receiver: the secret is not whsec_"],
])("a receiver with %j keeps the service from starting", async (wrong, message) => {
  const endpoint = { ...endpointOf({ url: "https://a.example/" }), ...wrong };
  const starting = startWith([endpoint]);
  await expect(starting).rejects.toThrow(`webhooks: ${message}`);
  await expect(starting).rejects.not.toThrow(/a\.example|c2hvcnQ/);
});
