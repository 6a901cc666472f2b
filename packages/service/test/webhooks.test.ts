import { pino } from "pino";
import { describe, expect, it, onTestFinished } from "vitest";
import { notSeen, noWishes } from "../src/catalog/clip-state.js";
import { StoreCatalog } from "../src/catalog/store-catalog.js";
import type { WebhookEndpoint, WebhookEvent } from "../src/index.js";
import { createAddressGuard } from "../src/webhooks/address-guard.js";
import { Outbox } from "../src/webhooks/outbox.js";
import { WebhookSender } from "../src/webhooks/sender.js";
import { findFreePort } from "./free-port.js";
import { makeFolder, openGround, signIn, startTestService } from "./start-test-service.js";
import { makeContent, UploadClient } from "./upload-client.js";
import { startReceiver, verify, webhookSecret } from "./webhook-receiver.js";

const hour = 60 * 60_000;

async function startWith(endpoints: WebhookEndpoint[], folder?: string, allow = ["loopback"]) {
  const port = await findFreePort();
  const service = await startTestService({
    ...(folder !== undefined && { folder }),
    ...{ port, publicUrl: `http://127.0.0.1:${port}/`, webhooks: { endpoints, allow } },
  });
  const session = await signIn(service);
  return { service, session, client: new UploadClient(service, session) };
}

function endpointOf({ url }: { url: string }, more: Partial<WebhookEndpoint> = {}) {
  return { name: "receiver", url, secret: webhookSecret, ...more };
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

describe("an address that is not public", () => {
  it.each([
    ...["127.0.0.1", "127.8.8.8", "0.0.0.0", "10.0.0.1", "172.16.0.1", "192.168.1.1"],
    ...["169.254.169.254", "100.64.0.1", "100.100.100.200", "192.0.0.192", "168.63.129.16"],
    ...["224.0.0.1", "255.255.255.255", "198.18.0.1", "240.0.0.1", "::", "::1", "fe80::1"],
    ...["fc00::1", "fd00:ec2::254", "ff02::1", "::ffff:127.0.0.1", "::ffff:a9fe:a9fe"],
    ...["::127.0.0.1", "64:ff9b::7f00:1", "2002:7f00:1::", "2001::1", "fe80::1%1", "nonsense"],
  ])("is refused: %s", (address) => {
    expect(createAddressGuard([])(address)).toBe(false);
  });

  it.each(["1.1.1.1", "93.184.215.14", "2606:4700::1111", "::ffff:1.1.1.1"])(
    "is another than %s",
    (address) => expect(createAddressGuard([])(address)).toBe(true),
  );

  it("is sent to where it is allowed, and no other then", () => {
    const guard = createAddressGuard(["10.1.0.0/16", "loopback"]);
    expect(["10.1.2.3", "127.0.0.1", "::1", "::ffff:10.1.2.3", "1.1.1.1"].map(guard)).toEqual(
      Array(5).fill(true),
    );
    expect(["10.2.0.1", "169.254.169.254"].map(guard)).toEqual([false, false]);
  });

  it.each(["127.0.0.1", "localhost", "[::1]", "[::ffff:127.0.0.1]", "2130706433", "0x7f.1"])(
    "gets no connection by the name %s",
    async (host) => {
      const { port, connections } = await startReceiver();
      const sender = openSender([]);
      await expect(send(sender, `http://${host}:${port}/`)).rejects.toThrow("not public");
      expect(connections()).toBe(0);
    },
  );

  it("gets no connection from a name that has it beside a public one", async () => {
    const { port, connections } = await startReceiver();
    const sender = new WebhookSender(createAddressGuard([]), (_, __, callback) =>
      callback(null, [
        { address: "1.1.1.1", family: 4 },
        { address: "127.0.0.1", family: 4 },
      ]),
    );
    onTestFinished(() => sender.close());
    await expect(send(sender, `http://rebinding.example:${port}/`)).rejects.toThrow("not public");
    expect(connections()).toBe(0);
  });

  it("is sent nothing where only the connection shows it", async () => {
    const { port, received } = await startReceiver();
    let asked = 0;
    // What the name led to was taken for another address.
    const sender = new WebhookSender(
      () => {
        asked += 1;
        return asked === 1;
      },
      (_, __, callback) => callback(null, [{ address: "127.0.0.1", family: 4 }]),
    );
    onTestFinished(() => sender.close());
    await expect(send(sender, `http://rebinding.example:${port}/`)).rejects.toThrow("not public");
    expect([asked, received]).toEqual([2, []]);
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

function openSender(allow: string[]): WebhookSender {
  const sender = new WebhookSender(createAddressGuard(allow));
  onTestFinished(() => sender.close());
  return sender;
}

function send(sender: WebhookSender, url: string): Promise<number> {
  return sender.post(url, "{}", {}, new AbortController().signal);
}

/** Messages about one pending clip on a store, with a clock that the test turns. */
async function openOutbox(receiver: { url: string }, folder?: string) {
  const place = folder ?? (await makeFolder());
  const { store } = await openGround(place, true);
  let time = Date.now();
  const now = () => time;
  const catalog = new StoreCatalog({ store, now, onDamage: ({ key }) => expect.fail(key) });
  const record = await catalog.create({
    ...{
      id: "a".repeat(24),
      account: "acc_a",
      asset: "videoclip",
      status: "pending",
      reason: null,
    },
    ...{ checksum: "0".repeat(32), version: "v", upload: null, size: 1, mime: "video/mp4" },
    ...{ filename: null, createdOn: new Date(0).toISOString(), ...notSeen, ...noWishes },
  });
  if (!record) throw new Error("The state was not created.");
  const log: string[] = [];
  const logger = pino({ level: "debug" }, { write: (line: string) => void log.push(line) });
  const describeClip = ({ id }: { id: string }, _: WebhookEvent) => ({ id });
  const sender = openSender(["loopback"]);
  const openOther = (endpoints: WebhookEndpoint[]) =>
    new Outbox({ endpoints, catalog, sender, logger, now, describe: describeClip });
  const outbox = openOther([endpointOf(receiver)]);
  const clip = { ...record.state, status: "pending", version: "v", createdOn: "" } as const;
  return {
    ...{ catalog, outbox, openOther, log, time: now },
    clip: { ...clip, createdOn: new Date(0).toISOString() },
    pass: (milliseconds: number) => {
      time += milliseconds;
    },
    change: (status: "available") => catalog.replace(record, { ...record.state, status }),
    async deliverDue(sending = outbox) {
      for (const lease of await catalog.deliveries.take(10)) {
        await sending.deliver(lease, new AbortController().signal);
        await catalog.deliveries.finish(lease);
      }
    },
  };
}
