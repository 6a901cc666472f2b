import { generateKeyPairSync } from "node:crypto";
import { readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { CompactSign, importJWK } from "jose";
import { expect, test } from "vitest";
import { audience, startKeylessService } from "../../service/test/keyless-service.ts";
import { signIn } from "../../service/test/start-test-service.ts";
import { fetchStatements, runClaims, signInRun } from "../../service/test/statement-service.ts";
import { UploadClient } from "../../service/test/upload-client.ts";
import {
  choosePlace,
  type VerifyOptions,
  verifyEvidence,
} from "../src/evidence/verify-evidence.js";
import { makeFolder, runCli } from "./run-cli.js";

const content = Buffer.from("a recording");

/** A service with a clip that a run has recorded, and what was kept of it in files. */
async function prepare(text = content) {
  const keyless = await startKeylessService({ audience }, {});
  const clip = await (await signInRun(keyless)).uploadAndSettle(text);
  const cwd = await makeFolder();
  const write = async (name: string, data: string | Uint8Array) => {
    const file = path.join(cwd, name);
    await writeFile(file, data);
    return file;
  };
  const { statements, keys_url } = await fetchStatements(clip.url);
  const keysText = await (await fetch(keys_url)).text();
  const files = {
    video: await write("take.mp4", text),
    statement: await write("statement.jws", statements[0] ?? ""),
    keys: await write("jwks.json", keysText),
  };
  return { keyless, clip, cwd, write, files, jws: statements[0] ?? "" };
}

async function outcomeOf(target: string, options: VerifyOptions = {}) {
  const place = choosePlace(target, options);
  const verdict = await verifyEvidence(place, options, new AbortController().signal);
  return [verdict.outcome, verdict.reason];
}

const verified = ["verified", null];
const encode = (value: object) => Buffer.from(JSON.stringify(value)).toString("base64url");

test("a clip is verified by its address, a file by its clip, and offline by what was kept", async () => {
  const { clip, files } = await prepare();
  const { video, statement, keys } = files;
  expect(await outcomeOf(clip.url)).toEqual(verified);
  expect(await outcomeOf(`${clip.url}?t=3`, { keys })).toEqual(verified);
  expect(await outcomeOf(video, { clip: clip.url })).toEqual(verified);
  expect(await outcomeOf(video, { statement, keys })).toEqual(verified);
  const [repository, sha] = ["octo/Intro", runClaims.sha];
  expect(await outcomeOf(video, { statement, keys, repository, sha })).toEqual(verified);
  const other = { repository: "evil/intro", statement, keys };
  expect(await outcomeOf(video, other)).toEqual([
    "other-repository",
    expect.stringContaining("It was recorded in octo/intro, which is another one"),
  ]);
  const server = `github.com/${repository}`;
  const atOther = await outcomeOf(video, { statement, keys, repository: server });
  expect(atOther[0]).toBe("other-repository");
  const [outcome] = await outcomeOf(video, { statement, keys, sha: "b".repeat(40) });
  expect(outcome).toBe("other-commit");
});

test("a file of other bytes, or of the same bytes and more, is another file", async () => {
  const { clip, files, write } = await prepare();
  const { statement, keys } = files;
  for (const text of ["a Recording", "a recording!", ""]) {
    const video = await write("other.mp4", text);
    const told = ["wrong-file", expect.stringContaining("its checksum or its size differs")];
    expect(await outcomeOf(video, { statement, keys })).toEqual(told);
    expect(await outcomeOf(video, { clip: clip.url })).toEqual(told);
  }
});

test("a statement that was altered or forged is not taken", async () => {
  const { files, write, jws } = await prepare();
  const { video, keys } = files;
  const [header = "", payload = "", signature = ""] = jws.split(".");
  const kept = JSON.parse(Buffer.from(header, "base64url").toString());
  const said = JSON.parse(Buffer.from(payload, "base64url").toString());
  const evil = structuredClone(said);
  evil.predicate.run.repository = "octo/other";
  const pair = generateKeyPairSync("ed25519");
  const sign = (data: object, protectedHeader: object) =>
    new CompactSign(Buffer.from(JSON.stringify(data)))
      .setProtectedHeader({ alg: "EdDSA", ...protectedHeader })
      .sign(pair.privateKey);
  // A key that the service publishes, taken for the secret of a signature that anybody can make.
  const [{ x = "" }] = JSON.parse(await readFile(keys, "utf8")).keys;
  const asSecret = await new CompactSign(Buffer.from(JSON.stringify(evil)))
    .setProtectedHeader({ ...kept, alg: "HS256" })
    .sign(await importJWK({ kty: "oct", k: x }, "HS256"));
  for (const [forged, outcome] of [
    [`${header}.${encode(evil)}.${signature}`, "altered"],
    [
      `${header}.${payload}.${signature.replace(/^./, (sign) => (sign === "A" ? "B" : "A"))}`,
      "altered",
    ],
    [await sign(evil, kept), "altered"],
    [await sign(evil, { ...kept, kid: "another" }), "unknown-key"],
    [`${encode({ ...kept, alg: "none" })}.${encode(evil)}.`, "no-statement"],
    [`${encode({ ...kept, alg: "none" })}.${encode(evil)}.${signature}`, "no-statement"],
    [asSecret, "no-statement"],
    [`${header}.${payload}.`, "altered"],
  ] as const) {
    const statement = await write("forged.jws", forged);
    expect([forged, ...(await outcomeOf(video, { statement, keys }))]).toEqual([
      ...[forged, outcome],
      expect.any(String),
    ]);
  }
});

test("what a trusted key has signed that is no statement is not taken for one", async () => {
  const { files, write, jws } = await prepare();
  const pair = generateKeyPairSync("ed25519");
  const jwk = { ...pair.publicKey.export({ format: "jwk" }), kid: "own", alg: "EdDSA" };
  const keys = await write("own.json", JSON.stringify({ keys: [jwk] }));
  const payload = Buffer.from(jws.split(".")[1] ?? "", "base64url");
  const sign = (data: Uint8Array, typ: string) =>
    new CompactSign(data)
      .setProtectedHeader({ alg: "EdDSA", kid: "own", typ })
      .sign(pair.privateKey);
  const typ = "clipcourier-statement+jws";
  const statement = await write("own.jws", await sign(payload, typ));
  expect(await outcomeOf(files.video, { statement, keys })).toEqual(verified);
  for (const [data, type] of [
    [payload, "JWT"],
    [Buffer.from('{"_type":"https://in-toto.io/Statement/v1"}'), typ],
    [Buffer.from("text"), typ],
  ] as const) {
    await write("own.jws", await sign(data, type));
    expect((await outcomeOf(files.video, { statement, keys }))[0]).toBe("no-statement");
  }
});

test("the statement of another clip, and that of another service, is not taken", async () => {
  const { keyless, clip, files, write } = await prepare();
  const job = await signInRun(keyless);
  const other = await job.uploadAndSettle(Buffer.from("another recording"));
  const { statements } = await fetchStatements(other.url);
  const statement = await write("other.jws", statements[0] ?? "");
  expect(await outcomeOf(clip.url, { statement })).toEqual([
    "other-clip",
    expect.stringContaining(other.id),
  ]);
  expect((await outcomeOf(files.video, { statement, keys: files.keys }))[0]).toBe("wrong-file");
  const stranger = await prepare();
  const foreign = { statement: stranger.files.statement, keys: files.keys };
  expect(await outcomeOf(files.video, foreign)).toEqual([
    "unknown-key",
    expect.stringContaining("it is another service's"),
  ]);
});

test("a clip that was uploaded with a secret says so, and so do one that is gone and a service that is", async () => {
  const { keyless, clip } = await prepare();
  const client = new UploadClient(keyless.service, await signIn(keyless.service));
  const secret = await client.uploadAndSettle(content);
  expect(await outcomeOf(secret.url)).toEqual([
    "not-verified",
    expect.stringContaining("Not verified: the clip was uploaded with a secret"),
  ]);
  const gone = clip.url.replace(/[^/]+$/, "A".repeat(24));
  expect(await outcomeOf(gone)).toEqual(["absent", expect.stringContaining("There is nothing at")]);
  expect((await outcomeOf("http://127.0.0.1:9/c/AAAAAAAAAAAAAAAAAAAAAAAA"))[0]).toBe("unreachable");
});

test("verify prints where a clip comes from, and exits with 1 where that is not known", async () => {
  const { clip, files, cwd } = await prepare();
  const good = await runCli(["verify", "take.mp4", "--clip", clip.url], { cwd });
  expect(good).toMatchObject({ code: 0, stderr: "" });
  expect(good.stdout).toContain(
    `Verified.\nRecorded in octo/intro at ${runClaims.sha}, run 991 (attempt 2), by ann, on push.`,
  );
  const { statement, keys } = files;
  await writeFile(path.join(cwd, "take.mp4"), "other");
  const line = ["verify", "take.mp4", "--statement", statement, "--keys", keys, "--json"];
  const bad = await runCli(line, { cwd });
  expect(bad.code).toBe(1);
  expect(JSON.parse(bad.stdout)).toMatchObject({ outcome: "wrong-file", statements: [] });
});

test.each<[string, VerifyOptions, string]>([
  ["take.mp4", {}, "It is not known what is said of the file"],
  ["take.mp4", { statement: "x" }, "It is not known what is said of the file"],
  ["https://clips.example.com/", {}, "The address is not that of a clip"],
  ["https://clips.example.com/c/AAAAAAAAAAAAAAAAAAAAAAAA", { clip: "x" }, "--clip is for a file"],
])("verify %s with %o is refused", (target, options, message) => {
  expect(() => choosePlace(target, options)).toThrowError(
    expect.objectContaining({ message: expect.stringContaining(message) }),
  );
});

test("files without statements and keys are refused by their names", async () => {
  const { files } = await prepare();
  const { video, statement, keys } = files;
  await expect(outcomeOf(video, { statement: video, keys })).rejects.toMatchObject({
    message: expect.stringContaining("take.mp4 holds no statement"),
  });
  await expect(outcomeOf(video, { statement, keys: statement })).rejects.toMatchObject({
    message: expect.stringContaining("statement.jws holds no keys"),
  });
  await expect(outcomeOf(video, { statement: "gone.jws", keys })).rejects.toMatchObject({
    message: expect.stringContaining("gone.jws cannot be read (ENOENT)"),
  });
});
