import { pino } from "pino";
import { expect, inject, it, onTestFinished } from "vitest";
import { type BucketOptions, startService } from "../src/index.js";
import { connectTo, createBucket } from "./ceph-bucket.js";
import { type CountingProxy, type SeenRequest, startCountingProxy } from "./counting-proxy.js";
import { chunkSize, first, makeContent } from "./upload-client.js";

const kibi = 1024;

/**
 * A service between two proxies: one before it, and one before the bucket. Clients send parts past
 * both, to the engine itself.
 */
async function startBetweenProxies() {
  const { endpoint } = inject("ceph");
  const { options } = await createBucket();
  const inside = await startCountingProxy(endpoint);
  const outside = await startCountingProxy();
  const bucket: BucketOptions = { ...options, endpoint: inside.origin, publicEndpoint: endpoint };
  const logger = pino({ level: "silent" });
  const publicUrl = outside.origin;
  const service = await startService({ bucket, media: null, logger, publicUrl });
  onTestFinished(() => service.close());
  outside.upstream = new URL(service.rootUrl).origin;
  const client = await connectTo(service, publicUrl);
  // What a start looks through ends with the open uploads.
  const isSwept = () => inside.requests.some(({ query, status }) => query.has("uploads") && status);
  await expect.poll(isSwept).toBe(true);
  await service.settled();
  return { client, inside, outside };
}

function since(proxy: CountingProxy) {
  const before = proxy.count();
  return () => {
    const { sent, received } = proxy.count();
    return { sent: sent - before.sent, received: received - before.received };
  };
}

it("the service takes in none of the video, and reads it once", async () => {
  const { client, inside, outside } = await startBetweenProxies();
  const content = makeContent(30 * kibi * kibi);
  const [fromClients, withBucket] = [since(outside), since(inside)];
  expect((await client.uploadAndSettle(content)).status).toBe("available");
  expect(fromClients().sent).toBeLessThan(200 * kibi);
  expect(fromClients().received).toBeLessThan(200 * kibi);
  expect(withBucket().sent).toBeLessThan(200 * kibi);
  expect(withBucket().received).toBeGreaterThanOrEqual(content.length);
  expect(withBucket().received).toBeLessThan(content.length + 200 * kibi);
});

type Kind = "write" | "list" | "read";

function kindOf({ method, query }: SeenRequest): Kind {
  if (method === "PUT" || method === "POST" || method === "DELETE") return "write";
  return query.has("list-type") || query.has("uploadId") ? "list" : "read";
}

/** Every few seconds each process asks for work, and looks at the app; that is no cost of a clip. */
function isPoll({ query, path }: SeenRequest): boolean {
  return query.get("prefix") === "work/" || path.split("/")[2] === "apps";
}

/** Such as `write PUT clips/state.json`: without what is drawn for each clip. */
function describeRequest(request: SeenRequest): string {
  const { method, path, query } = request;
  const place = path.split("/").slice(2);
  const name = place[0] === "clips" ? `clips/${place.at(-1)}` : (place[0] ?? "");
  const call = ["uploads", "uploadId", "delete"].find((key) => query.has(key));
  return `${kindOf(request)} ${method} ${name}${call ? `?${call}` : ""}`;
}

it("a clip of N parts costs the service 10 writes and lists, and 4 reads", async () => {
  const { client, inside } = await startBetweenProxies();
  const content = makeContent(2 * chunkSize + 1000);
  const before = inside.requests.length;
  const plan = first(await client.plan(content));
  const rows = await client.sendParts(plan, content);
  // Part URLs are no requests of the service: with them it is N + 10.
  expect(rows).toHaveLength(3);
  expect((await client.finalize(content, rows)).status).toBe(200);
  await client.service.settled();
  const used = inside.requests.slice(before).filter((request) => !isPoll(request));
  expect(used.map(describeRequest)).toEqual([
    "read GET clips/state.json",
    "write PUT expire",
    "write POST clips/content?uploads",
    "write PUT clips/state.json",
    "read GET clips/state.json",
    "list GET clips/content?uploadId",
    "write PUT work",
    "write POST clips/content?uploadId",
    "write PUT clips/state.json",
    "write PUT index",
    "read GET clips/state.json",
    "read GET clips/content",
    "write PUT clips/state.json",
    "write POST ?delete",
  ]);
});

it("a video is sent by the bucket, from an address that the service redirects to", async () => {
  const { client, outside, inside } = await startBetweenProxies();
  const content = makeContent(100_000);
  const query = `size=${content.length}&mime=video/webm&filename=a.webm`;
  const clip = await client.uploadAndSettle(content, query);
  const url = clip.video_url ?? "";
  const [fromService, withBucket] = [since(outside), since(inside)];
  const redirect = await fetch(url, { redirect: "manual" });
  expect(redirect.status).toBe(302);
  expect(redirect.headers.get("cache-control")).toBe("private, max-age=60");
  const range = await fetch(url, { headers: { Range: "bytes=10-19" } });
  expect([range.status, range.headers.get("content-range")]).toEqual([206, "bytes 10-19/100000"]);
  const whole = await fetch(url);
  expect(Buffer.from(await whole.arrayBuffer()).equals(content)).toBe(true);
  expect(Object.fromEntries(whole.headers)).toMatchObject({
    "cache-control": "public, max-age=31536000, immutable",
    "content-type": "video/webm",
    "content-disposition": expect.stringContaining("a.webm"),
  });
  const head = await fetch(url, { method: "HEAD", redirect: "manual" });
  expect([head.status, head.headers.get("content-length")]).toEqual([200, "100000"]);
  expect(fromService().received).toBeLessThan(10 * kibi);
  expect(withBucket().received).toBeLessThan(10 * kibi);
});
