import { createHash } from "node:crypto";
import type { WireClip, WireRun } from "@clipcourier/core/wire";
import { describe, expect, it } from "vitest";
import { fileKey, stateKey } from "../src/catalog/keys.js";
import { account, audience, startKeylessService } from "./keyless-service.js";
import { listKeys, openGround, signIn, signInAs, startTestService } from "./start-test-service.js";
import { readStatements, runClaims, signInRun } from "./statement-service.js";
import { one, other } from "./two-of-one-md5.js";
import { makeContent, md5Hex, UploadClient } from "./upload-client.js";

const sha256 = (content: Uint8Array) => createHash("sha256").update(content).digest("hex");
const laterRun = { run_id: "992", run_attempt: "1", sha: "f".repeat(40) };

async function readState(folder: string, id: string) {
  const { store } = await openGround(folder);
  const object = await store.getObject(stateKey(id));
  const state = JSON.parse(await new Response(object?.body).text());
  return {
    state,
    write: (next: object) =>
      store.putObject(stateKey(id), JSON.stringify(next), { ifMatch: object?.etag ?? "" }),
  };
}

describe("a clip that a job has uploaded with its ID token", () => {
  it("says where it was recorded, in JSON, in Markdown, on its page and signed", async () => {
    const keyless = await startKeylessService({ audience }, {});
    const content = makeContent(100);
    const clip = await (await signInRun(keyless)).uploadAndSettle(content);
    const page = clip.url;
    const server = new URL(keyless.issuer.url).host;
    const run = {
      ...{ issuer: keyless.issuer.url, server, repository: "octo/intro", sha: runClaims.sha },
      ...{ ref: "refs/heads/main", workflow: runClaims.workflow_ref, event: "push", actor: "ann" },
    };
    const runUrl = `https://${server}/octo/intro/actions/runs/991/attempts/2`;
    const facts = await (await fetch(`${page}.json`)).json();
    expect(facts).toMatchObject({
      ...{ verified: true, recorded_count: 1 },
      recorded_by: { ...run, run_id: "991", run_attempt: "2", run_url: runUrl, how: "uploaded" },
      statements: expect.stringMatching(/\/c\/[\w-]+\/statements\.json$/),
    });
    const sentence = "Recorded in octo/intro at abc1234, run 991, verified";
    expect(await (await fetch(`${page}.md`)).text()).toContain(`- Origin: \` ${sentence} \`\n`);
    const html = await (await fetch(page, { headers: { Accept: "text/html" } })).text();
    expect(html).toContain(`${sentence}. <a href="${runUrl}" rel="noreferrer">See the run</a>`);
    const statements = await readStatements(page);
    expect(statements).toEqual([
      {
        header: { alg: "EdDSA", kid: expect.any(String), typ: "clipcourier-statement+jws" },
        _type: "https://in-toto.io/Statement/v1",
        subject: [{ name: clip.id, digest: { md5: md5Hex(content), sha256: sha256(content) } }],
        predicateType: "urn:clipcourier:recorded:v1",
        predicate: {
          ...{ clip: clip.id, size: 100, how: "uploaded", recordedOn: expect.any(String) },
          run: {
            ...{ ...run, runId: "991", runAttempt: "2", runUrl, issuedOn: expect.any(String) },
            subject: "repo:octo/intro:ref:refs/heads/main",
          },
        },
      },
    ]);
  });

  it("has its statement on disk when the upload is told to be finalized", async () => {
    const keyless = await startKeylessService({ audience }, {});
    const { id } = await (await signInRun(keyless)).upload(makeContent(100));
    const { state } = await readState(keyless.service.folder, id);
    expect(state.statements).toMatchObject([{ runId: "991", how: "uploaded" }]);
  });

  it("has a second statement of a second run, and the first as it was", async () => {
    const keyless = await startKeylessService({ audience }, {});
    const content = makeContent(100);
    const clip = await (await signInRun(keyless)).uploadAndSettle(content);
    const page = clip.url;
    const [before] = await readStatements(page);
    const planned = await (await signInRun(keyless, laterRun)).plan(content);
    expect(planned.body).toMatchObject({
      ...{ _upload: false, data: [{ id: clip.id, recorded_count: 2 }] },
    });
    const statements = await readStatements(page);
    expect(statements).toEqual([before, expect.anything()]);
    expect(statements[1]?.predicate).toMatchObject({
      how: "announced",
      run: { runId: "992", sha: laterRun.sha },
    });
    // The same run has nothing to add, whichever of its jobs asks.
    await (await signInRun(keyless, { jti: "of another job" })).plan(content);
    await (await signInRun(keyless)).finalize(content, [{ PartNumber: 1, ETag: "x" }]);
    expect(await readStatements(page)).toEqual(statements);
    const html = await (await fetch(page, { headers: { Accept: "text/html" } })).text();
    expect(html).toContain("run 991, verified; 1 other run has it, too.");
  });

  it("has a statement of a run that announces it before it is verified", async () => {
    const keyless = await startKeylessService({ audience }, {});
    const content = makeContent(100);
    const clip = await (await signInRun(keyless)).upload(content);
    await (await signInRun(keyless, laterRun)).plan(content);
    await keyless.service.settled();
    const statements = await readStatements(clip.url);
    expect(statements.map(({ predicate }) => predicate.run.runId)).toEqual(["991", "992"]);
  });

  it("is found by the commit of a run, and by its pull request, within the account", async () => {
    const keyless = await startKeylessService({ audience }, {});
    const content = makeContent(100);
    const pull = { ref: "refs/pull/12/merge", event_name: "pull_request" };
    const job = await signInRun(keyless);
    const clip = await job.uploadAndSettle(content);
    await (await signInRun(keyless, { ...laterRun, ...pull })).plan(content);
    const server = new URL(keyless.issuer.url).host;
    type Row = { clip: WireClip; run: WireRun };
    const ask = async (client: UploadClient, query: string) => {
      const path = `me/statements?repository=${server}/Octo/intro&${query}`;
      const { status, body } = await client.call<Row>(path);
      expect(status).toBe(200);
      return body.data.map((row) => [row.clip.id, row.run.run_id]);
    };
    expect(await ask(job, `commit=${runClaims.sha}`)).toEqual([[clip.id, "991"]]);
    expect(await ask(job, "pull=12")).toEqual([[clip.id, "992"]]);
    expect(await ask(job, "pull=13")).toEqual([]);
    const stranger = new UploadClient(keyless.service, await signIn(keyless.service));
    expect(await ask(stranger, `commit=${runClaims.sha}`)).toEqual([]);
    await job.call(`me/videoclips/${clip.id}`, { method: "DELETE" });
    expect(await ask(job, "pull=12")).toEqual([]);
    expect(await listKeys(keyless.service, "runs/")).toEqual([]);
  });

  it("has no statement of a clip that was deleted", async () => {
    const keyless = await startKeylessService({ audience }, {});
    const content = makeContent(100);
    const job = await signInRun(keyless);
    const { id } = await job.uploadAndSettle(content);
    await job.call(`me/videoclips/${id}`, { method: "DELETE" });
    const again = await (await signInRun(keyless, laterRun)).uploadAndSettle(content);
    const statements = await readStatements(again.url);
    expect(statements.map(({ predicate }) => predicate.run.runId)).toEqual(["992"]);
  });

  it("shows claims as text, and leads to no address that they make up", async () => {
    const keyless = await startKeylessService({ audience }, {});
    const evil = 'octo/"><script>alert(1)</script>';
    const job = await signInRun(keyless, { repository: evil });
    const page = (await job.uploadAndSettle(makeContent(100))).url;
    const html = await (await fetch(page, { headers: { Accept: "text/html" } })).text();
    expect(html).toContain("Recorded in octo/&quot;&gt;&lt;script&gt;");
    expect(html).not.toContain("alert(1)</script>");
    expect(html).not.toContain("See the run");
  });
});

describe("a claim is not inherited", () => {
  it("by an upload with a secret, which adds none to a clip that a run has recorded", async () => {
    const keyless = await startKeylessService({ audience }, {});
    const app = await signIn(keyless.service);
    const { issuer } = keyless;
    const rules = [{ repository: "octo/*", account: app.account }];
    await keyless.service.close();
    const service = await startTestService({
      folder: keyless.service.folder,
      github: { issuer: issuer.url, audience, rules },
    });
    const withSecret = new UploadClient(service, app);
    const [own, shared] = [makeContent(100), makeContent(101)];
    const secret = await withSecret.uploadAndSettle(own);
    expect(secret).toMatchObject({ verified: false, statements: null });
    expect(await readStatements(secret.url)).toEqual([]);
    const html = await (await fetch(secret.url, { headers: { Accept: "text/html" } })).text();
    expect(html).toContain("Not verified: no job has uploaded it with its ID token.");
    const recorded = await (await signInRun({ issuer, service })).uploadAndSettle(shared);
    const before = await readStatements(recorded.url);
    await withSecret.plan(shared);
    expect(await readStatements(recorded.url)).toEqual(before);
    // A run that announces what a secret has uploaded is told to have done no more than that.
    await (await signInRun({ issuer, service })).plan(own);
    const announced = await (await fetch(`${secret.url}.md`)).text();
    expect(announced).toContain(
      "Uploaded without a token, and announced in octo/intro at abc1234, run 991, verified",
    );
  });

  it("by the same content in another account", async () => {
    const keyless = await startKeylessService({ audience }, {});
    const content = makeContent(100);
    const clip = await (await signInRun(keyless)).uploadAndSettle(content);
    expect(clip.verified).toBe(true);
    const app = await keyless.service.accounts.createApp();
    expect(app.account).not.toBe(account);
    const stranger = new UploadClient(keyless.service, await signInAs(keyless.service, app));
    const own = await stranger.uploadAndSettle(content);
    expect(own).toMatchObject({ verified: false, statements: null });
  });

  it("from a run whose upload was not what it had announced", async () => {
    const keyless = await startKeylessService({ audience }, {});
    const content = makeContent(100);
    const failed = await (await signInRun(keyless)).uploadAndSettle(
      content,
      undefined,
      makeContent(100),
    );
    expect(failed).toMatchObject({ status: "failed", verified: false });
    const clip = await (await signInRun(keyless, laterRun)).uploadAndSettle(content);
    const statements = await readStatements(clip.url);
    expect(statements.map(({ predicate }) => predicate.run.runId)).toEqual(["992"]);
  });

  it("by other bytes of the same MD5 that take the place of bytes that were lost", async () => {
    const keyless = await startKeylessService({ audience }, {});
    const clip = await (await signInRun(keyless)).uploadAndSettle(one);
    const { state } = await readState(keyless.service.folder, clip.id);
    const { store } = await openGround(keyless.service.folder);
    await store.deleteObjects([fileKey(clip.id, state.version, "content")]);
    const again = await (await signInRun(keyless, laterRun)).uploadAndSettle(other);
    expect(again.id).toBe(clip.id);
    const statements = await readStatements(again.url);
    expect(
      statements.map(({ subject, predicate }) => [subject[0].digest.sha256, predicate.run.runId]),
    ).toEqual([[sha256(other), "992"]]);
    // What was said of the first bytes is kept, and not told of the second.
    const kept = (await readState(keyless.service.folder, clip.id)).state.statements;
    expect(kept).toMatchObject([{ sha256: sha256(one) }, { sha256: sha256(other) }]);
  });
});

it.each([
  [`repository=octo/app&commit=${"a".repeat(40)}`, "repository: not a server"],
  ["repository=github.com/octo/app&commit=abc", "commit: not the full name"],
  ["repository=github.com/octo/app&pull=0", "pull: not the number"],
  ["repository=github.com/octo/app", "commit, pull: exactly one"],
  ["repository=github.com/octo/app&pull=1&after=x", "after: not the _next"],
])("a question for %s is refused", async (query, message) => {
  const service = await startTestService();
  const client = new UploadClient(service, await signIn(service));
  const { status, body } = await client.call(`me/statements?${query}`);
  expect([status, body.error?.message]).toEqual([400, expect.stringContaining(message)]);
});
