import { randomBytes } from "node:crypto";
import type { DirectUploadErrorCode, ReadableSource, UploadOptions } from "@clipcourier/core";
import { type DirectUploadClient, DirectUploadError } from "@clipcourier/core";
import { describe, expect, test } from "vitest";
import { stopClock } from "./clock.ts";
import { type Echo, echo, listTraces, showAll } from "./echo.ts";
import { answerWith, changeEtag, goSilent, resetAtOnce, rewriteAnswer } from "./faults/faults.ts";
import type { Rule } from "./faults/script.ts";
import { presignedUrl, signLikeS3, storageSecrets } from "./presigned.ts";
import { type SpoiledService, startSpoiledService } from "./spoiled-service.ts";
import { until } from "./until.ts";

const bytes = randomBytes(1000);
const always = Infinity;
const put = { method: "PUT" };
const plan = { method: "GET", path: /directupload/ };
const finalize = { method: "POST", path: /directupload/ };
const login = { path: /login/ };
const password = "pä ss&w=rd/+-1234567890";

interface Stage extends SpoiledService {
  client: DirectUploadClient;
  options: UploadOptions;
}

interface Scenario {
  rules?: Rule[];
  /** Default: one upload. */
  run?(stage: Stage): unknown;
  /** Whether `cause` is an error of the caller's own, which is handed on as it is. */
  hasOwnCause?: boolean;
}

const spoil = (when: Rule["when"], fault: Rule["fault"]): Scenario => ({
  rules: [{ when, times: always, fault }],
});
/** An upload to storage that is silent to this many parts, one after the other; then time is over. */
async function outwait(
  { client, front, options }: Stage,
  silences: number,
  changes: UploadOptions = {},
): Promise<unknown> {
  const clock = stopClock();
  const uploading = client.upload(bytes, { ...options, ...changes });
  uploading.catch(() => {});
  for (let count = 1; count <= silences; count++) {
    await until(() => front.log.filter(({ status }) => status === "silent").length === count);
    clock.turn(120_000);
  }
  return uploading;
}
const uploadOwn = (changes: Partial<ReadableSource>): Scenario => ({
  run: ({ client, options }) =>
    client.upload(
      { name: presignedUrl, size: 9, read: async () => bytes.subarray(0, 9), ...changes },
      options,
    ),
});

/** At least one way to each code. A code without one is a type error. */
const scenarios: Record<DirectUploadErrorCode, Scenario[]> = {
  invalid_option: [
    { run: ({ connect }) => connect({ rootUrl: presignedUrl }) },
    { run: ({ connect }) => connect({ rootUrl: `http://me:${password}@127.0.0.1/` }) },
    { run: ({ connect }) => connect({ accessKey: "k", accessToken: `${password}\n` }) },
    { run: ({ client }) => client.upload(new URL(presignedUrl)) },
  ],
  source_unreadable: [{ run: ({ client }) => client.upload(presignedUrl) }],
  source_empty: [uploadOwn({ size: 0 })],
  source_changed: [uploadOwn({ read: async () => bytes.subarray(0, 8) })],
  unauthorized: [
    spoil(login, echo(401, "json")),
    spoil(login, echo(401, "long json")),
    spoil(plan, echo(401, "json")),
    {
      rules: [{ when: login, fault: echo(401, "json") }],
      run: ({ client }) => client.signIn({ username: "me", password }),
    },
    {
      rules: [{ when: login, fault: echo(401, "long json") }],
      run: ({ client }) => client.signIn({ username: "me", password }),
    },
  ],
  forbidden: [spoil(plan, echo(403, "json")), spoil(finalize, echo(403, "xml"))],
  not_found: [
    {
      ...spoil({ path: /videoclips/ }, echo(404, "json")),
      run: ({ client }) => client.getClip("a"),
    },
  ],
  rejected: [
    spoil(plan, echo(400, "long json")),
    spoil(put, echo(413, "xml")),
    spoil(put, echo(413, "json")),
    spoil(put, echo(413, "long json")),
  ],
  rate_limited: [spoil(plan, echo(429, "json")), spoil(put, echo(429, "xml"))],
  server_error: [
    spoil(plan, echo(500, "html")),
    spoil(finalize, echo(502, "json")),
    spoil(put, echo(503, "xml")),
  ],
  network: [
    spoil(put, resetAtOnce()),
    spoil(put, echo(200, "garbage")),
    spoil(plan, echo(200, "garbage")),
    {
      ...spoil(put, echo(200, "garbage")),
      run: ({ connect, options }) =>
        connect({ fetch, retry: { attempts: 1 } }).upload(bytes, options),
    },
    {
      // What node-fetch says, and others like it.
      run: ({ connect, options }) =>
        connect({
          retry: { attempts: 1 },
          fetch: (url, init) =>
            init.method === "PUT"
              ? Promise.reject(new TypeError(`request to ${url} failed, reason: ECONNREFUSED`))
              : fetch(url, init),
        }).upload(bytes, options),
    },
  ],
  stalled: [{ ...spoil(put, goSilent()), run: (stage) => outwait(stage, 2) }],
  bad_answer: [
    spoil(plan, echo(200, "html")),
    spoil(plan, echo(302, "redirect")),
    spoil(
      plan,
      rewriteAnswer(() => ({ _upload: presignedUrl, [presignedUrl]: presignedUrl })),
    ),
    spoil(
      plan,
      rewriteAnswer((json) =>
        JSON.parse(JSON.stringify(signLikeS3(json)).replaceAll('"http:', '"ftp:')),
      ),
    ),
    spoil(put, answerWith({ status: 200, headers: { "X-Echo": presignedUrl } })),
    {
      // A token that cannot stand in a header.
      rules: [
        {
          when: login,
          fault: rewriteAnswer(() => ({
            data: [{ access_key: "key-0123456789", access_token: `${password}\n1`, id: "1" }],
          })),
        },
      ],
      run: ({ connect }) => connect({ fetch, retry: { attempts: 1 } }).listClips(),
    },
  ],
  part_mismatch: [spoil(put, changeEtag())],
  url_expired: [
    spoil(put, echo(403, "xml")),
    spoil(put, echo(403, "json")),
    spoil(put, echo(404, "long json")),
  ],
  clip_failed: [spoil(finalize, echo(200, "clip"))],
  comparison_replaced: [
    {
      async run({ client }) {
        const { clip } = await client.upload(bytes);
        const { clip: old } = await client.upload(bytes.subarray(1));
        await client.compareClips(clip.id, old.id);
        return client.waitUntilCompared(clip.id, old.id, { createdOn: presignedUrl });
      },
    },
  ],
  deadline: [
    { ...spoil(put, goSilent()), run: (stage) => outwait(stage, 1, { deadline: 20_000 }) },
  ],
  aborted: [
    {
      ...spoil(put, goSilent()),
      async run({ client, front, options }) {
        const controller = new AbortController();
        const uploading = client.upload(bytes, { ...options, signal: controller.signal });
        uploading.catch(() => {});
        await until(() => front.log.some(({ status }) => status === "silent"));
        controller.abort();
        return uploading;
      },
    },
  ],
  unexpected: [
    {
      ...uploadOwn({
        name: "tape.mp4",
        read: () => Promise.reject(new Error(`request to ${presignedUrl} failed`)),
      }),
      hasOwnCause: true,
    },
  ],
};

const rows = Object.entries(scenarios).flatMap(([code, list]) =>
  list.map((scenario, index) => ({ code, number: index + 1, scenario })),
);

describe("no secret comes out of an error or an event", () => {
  test.each(rows)("$code, $number", async ({ code, scenario }) => {
    const spoiled = await startSpoiledService();
    const { rules = [], run = upload, hasOwnCause = false } = scenario;
    // Part URLs look like those of S3 whatever else happens.
    const sign: Rule = { when: plan, times: always, fault: rewriteAnswer(signLikeS3) };
    spoiled.front.script([...rules, sign]);
    const events: unknown[] = [];
    const client = spoiled.connect({ retry: { attempts: 2, minDelay: 5, maxDelay: 5 } });
    const error = await catchError(() =>
      run({
        ...spoiled,
        client,
        options: {
          onRetry: (event) => events.push(event),
          // The label of a source is told as it was given.
          onProgress: ({ file: _, ...event }) => events.push(event),
        },
      }),
    );
    expect(error).toMatchObject({ code });
    const secrets = [...storageSecrets, password, spoiled.service.appSecret, ...listSeen(spoiled)];
    expectEchoed(rules, secrets);
    const shown = hasOwnCause
      ? [error.message, error.stack, JSON.stringify(error)].join("\n")
      : showAll([error, events]);
    for (const trace of secrets.flatMap(listTraces)) expect(shown).not.toContain(trace);
  });
});

const upload = ({ client, options }: Stage) => client.upload(bytes, options);

async function catchError(run: () => unknown): Promise<DirectUploadError> {
  try {
    await run();
  } catch (error) {
    if (error instanceof DirectUploadError) return error;
    throw error;
  }
  throw new Error("nothing failed");
}

/** The keys, tokens and signatures that came by. */
function listSeen({ front }: SpoiledService): string[] {
  const seen = front.log.flatMap(({ headers, query }) => [
    headers["x-access-token"],
    headers["x-access-key"],
    query.get("signature"),
  ]);
  return seen.filter((value) => typeof value === "string");
}

/** A test that looks for what nobody said would prove nothing. */
function expectEchoed(rules: readonly Rule[], secrets: readonly string[]): void {
  for (const { fault } of rules) {
    if (!("said" in fault)) continue;
    const { said } = fault as Echo;
    expect(secrets.some((secret) => said.includes(secret))).toBe(true);
  }
}
