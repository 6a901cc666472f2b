import { randomBytes } from "node:crypto";
import fc from "fast-check";
import { Client } from "undici";
import { expect, test } from "vitest";
import { startTestService, type TestService } from "../start-service.ts";
import { fuzz, hangTime, hostileText, jsonWith } from "./cases.ts";

const checksum = "0123456789abcdef0123456789abcdef";

interface Ask {
  method: string;
  path: string;
  headers: Record<string, string>;
  body: string | null;
}

/** A service with a clip, and the headers of a session. */
async function prepare(options = {}) {
  const service = await startTestService(options);
  const client = service.connect();
  const { accessKey, accessToken } = await client.signIn();
  const { clip } = await client.upload(randomBytes(100), { filename: "a.mp4" });
  const session = {
    "x-pv-meta-app": service.appId,
    "x-access-key": accessKey,
    "x-access-token": accessToken,
  };
  return { service, clip, session };
}

const segment = fc.oneof(hostileText.map(encode), fc.webSegment(), hostileText);

function encode(text: string): string {
  return encodeURIComponent(text.toWellFormed());
}

/** What can stand in the request line; the rest is never sent by an HTTP library. */
function toTarget(path: string): string {
  return path.replace(/[^\x21-\x7e]/g, (sign) => encode(sign));
}

function pathsOf(clip: { id: string }): fc.Arbitrary<string> {
  const id = fc.oneof(fc.constant(clip.id), segment);
  const place = fc.constantFrom(
    ...["", "/video", "/video.mp4", "/thumbnail.jpg", "/preview.gif", "/preview.webp"],
    ...["/storyboard.vtt", "/storyboard.jpg", "/chapters.vtt", "/download", "/embed"],
  );
  return fc.oneof(
    fc.tuple(id, place).map(([id, place]) => `/c/${id}${place}`),
    fc.tuple(id, segment).map(([id, rest]) => `/c/${id}/${rest}`),
    id.map((id) => `/v2.7/me/videoclips/${id}`),
    fc
      .tuple(fc.oneof(fc.constant("videoclip"), segment), fc.oneof(fc.constant(checksum), segment))
      .map(([asset, name]) => `/v2.7/me/directupload/${asset}/${name}`),
    fc.constantFrom("/v2.7/login", "/v2.7/login/app", "/v2.7/login/github", "/v2.7/me/videoclips"),
    fc.constant("/v2.7/me/pullrequests"),
    id.map((id) => `/v2.7/me/videoclips/${id}/chapters`),
    fc.array(segment, { maxLength: 4 }).map((parts) => `/parts/${parts.join("/")}`),
    fc.constantFrom("/", "/healthz", "/readyz", "/oembed", "/icon.svg"),
    fc.array(segment, { maxLength: 5 }).map((parts) => `/${parts.join("/")}`),
  );
}

const pullRequest = "https://github.com/octo/intro/pull/12";

const queryNames = fc.oneof(
  fc.constantFrom(
    ...["size", "mime", "filename", "thumbnail_time", "preview", "count", "page", "after", "name"],
    ...[
      "keep_for",
      "url",
      "format",
      "maxwidth",
      "t",
      "X-Amz-Signature",
      "X-Amz-Expires",
      "X-Amz-Date",
    ],
  ),
  hostileText,
);
const queryValues = fc.oneof(
  hostileText,
  fc.integer().map(String),
  fc.double().map(String),
  fc.constantFrom("100", "video/mp4", "json", "xml", "auto", pullRequest),
);
const queries = fc
  .array(fc.tuple(queryNames, queryValues), { maxLength: 4 })
  .map((pairs) => pairs.map((pair) => pair.map(encode).join("=")).join("&"));

const headerValues = fc.oneof(
  hostileText,
  fc.constantFrom(
    ...["bytes=0-0", "bytes=-1", "bytes=5-1", "bytes=0-0,2-3", "*", 'W/"a"', '"a", "b"', "gzip"],
    ...["Thu, 01 Jan 1970 00:00:00 GMT", "application/json", "text/html", "chunked", "0", "-1"],
    ...["for=1;proto=https", "a, b, c", "999.999.999.999", "http", "multipart/form-data"],
  ),
);
const headerNames = fc.constantFrom(
  ...["range", "if-range", "if-match", "if-none-match", "if-modified-since", "accept", "origin"],
  ...["if-unmodified-since", "x-forwarded-for", "x-forwarded-host", "x-forwarded-proto", "cookie"],
  ...["content-type", "content-md5", "authorization", "x-pv-meta-app", "x-access-token"],
  ...["x-access-key", "x-request-id", "traceparent", "accept-language", "user-agent", "forwarded"],
);
const extraHeaders = fc.dictionary(headerNames, headerValues.map(toHeader), { maxKeys: 4 });

function toHeader(text: string): string {
  return text.replace(/[^\x20-\x7e\x80-\xff]/g, " ").trim();
}

const bodies = fc.oneof(
  fc.constant(null),
  hostileText,
  fc
    .dictionary(
      fc.constantFrom(
        ...["uploads", "app_id", "app_secret", "username", "password", "token"],
        ...["address", "state", "after", "chapters"],
      ),
      fc.oneof(
        hostileText,
        fc.constantFrom(pullRequest, "closed", "open", "A".repeat(24)),
        jsonWith(uploadRows()).map((value) => JSON.stringify(value) ?? ""),
        jsonWith(chapterRows()).map((value) => JSON.stringify(value) ?? ""),
      ),
    )
    .map((form) => new URLSearchParams(form).toString()),
  jsonWith(fc.record({ uploads: jsonWith(uploadRows()) })).map(
    (value) => JSON.stringify(value) ?? "",
  ),
);

function uploadRows() {
  const row = fc.record(
    { PartNumber: jsonWith(fc.integer()), ETag: jsonWith(fc.constant('"e"')) },
    { requiredKeys: [] },
  );
  return fc.array(row, { maxLength: 5 });
}

function chapterRows() {
  const row = fc.record({ start: jsonWith(fc.integer()), title: jsonWith(hostileText) });
  return fc.array(row, { maxLength: 5 });
}

function asksOf(clip: { id: string }, session: Record<string, string>): fc.Arbitrary<Ask> {
  return fc.record({
    method: fc.constantFrom("GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS", "PATCH"),
    path: fc
      .tuple(pathsOf(clip), queries)
      .map(([path, query]) => toTarget(query === "" ? path : `${path}?${query}`)),
    headers: fc
      .tuple(
        fc.boolean(),
        fc.constantFrom("application/json", "application/x-www-form-urlencoded"),
        extraHeaders,
      )
      .map(([isSignedIn, type, extra]) => ({
        ...(isSignedIn && session),
        "content-type": type,
        ...extra,
      })),
    body: bodies,
  });
}

async function send(client: Client, ask: Ask) {
  const hasBody = !["GET", "HEAD"].includes(ask.method);
  const { statusCode, headers, body } = await client.request({
    ...{ method: ask.method as "GET", path: ask.path, headers: ask.headers },
    body: hasBody ? ask.body : null,
    signal: AbortSignal.timeout(hangTime),
  });
  return { status: statusCode, headers, text: await body.text() };
}

function checkAnswer(ask: Ask, { status, headers, text }: Awaited<ReturnType<typeof send>>): void {
  // 503 and 507 are for what is full, and nothing is. oEmbed demands 501 for a format that is not offered.
  if (status === 501) expect(ask.path).toMatch(/^\/oembed\/?\?/);
  else expect(status).toBeLessThan(500);
  const type = String(headers["content-type"] ?? "");
  // A page of a clip is for people, unless they ask for something else.
  if (status >= 400 && ask.method !== "HEAD" && !type.startsWith("text/html")) {
    expect(JSON.parse(text)).toEqual({ error: { message: expect.any(String) }, status });
  }
  expect(headers["set-cookie"]).toBeUndefined();
  if (type.startsWith("text/html")) expect(headers["content-security-policy"]).toBeDefined();
  // No stack and no path of the machine.
  expect(text).not.toMatch(/\n {4}at |node_modules|clipcourier-test-/);
}

test("whatever is asked is answered, in the documented shape, and never with a failure", async () => {
  const { service, clip, session } = await prepare();
  const client = new Client(new URL(service.rootUrl).origin);
  await fuzz(0.5, asksOf(clip, session), async (ask) => {
    // The clip must outlive its test.
    if (ask.method === "DELETE" && ask.path.includes(clip.id)) return;
    checkAnswer(ask, await send(client, ask));
  });
  await client.close();
  await expectAlive(service);
});

/** It still does what it is for. */
async function expectAlive(service: TestService): Promise<void> {
  const content = randomBytes(1000);
  const { clip } = await service.connect().upload(content, { filename: "after.mp4" });
  expect(clip.status).toBe("available");
}

test("a part URL that was changed in any way stores nothing", async () => {
  const { service } = await prepare();
  const content = randomBytes(100);
  const uploader = service.connect();
  const askForPlan = async () => {
    const plan = await uploader.requestUpload({ checksum, size: content.length });
    if (plan.isKnown) throw new Error("The content is known.");
    return plan;
  };
  const plan = await askForPlan();
  const url = new URL(plan.urls[0]?.url ?? "");
  const target = url.pathname + url.search;
  const client = new Client(url.origin);
  const change = fc.record({
    at: fc.integer({ min: 0, max: target.length - 1 }),
    length: fc.integer({ min: 0, max: 4 }),
    by: fc.oneof(
      hostileText,
      fc.constantFrom("0", "1", "a", "&", "=", "%41", "/", "X-Amz-Expires=99"),
    ),
  });
  await fuzz(0.1, change, async ({ at, length, by }) => {
    const path = toTarget(target.slice(0, at) + by + target.slice(at + length));
    if (!path.startsWith("/") || isSame(path, target)) return;
    const answer = await send(client, {
      ...{ method: "PUT", path, headers: {} },
      body: content.toString("latin1").slice(0, 10),
    });
    expect(answer.status).toBeGreaterThanOrEqual(400);
    expect(answer.status).toBeLessThan(500);
  });
  await client.close();
  expect((await askForPlan()).storedParts ?? []).toEqual([]);
});

/** Whether two targets are two spellings of the same one. */
function isSame(path: string, target: string): boolean {
  const read = (text: string) => {
    const { pathname, searchParams } = new URL(`http://a${text}`);
    return `${pathname}?${[...searchParams].map((pair) => pair.join("=")).join("&")}`;
  };
  return read(path) === read(target);
}
