import files from "node:fs/promises";
import { syncBuiltinESMExports } from "node:module";
import { expect, onTestFinished, test, vi } from "vitest";
import { collect } from "../../../test/collect.js";
import type { ClientOptions } from "../src/index.js";
import { answerJson } from "./http-server.js";
import { makeTemporaryFolder } from "./temporary-folder.js";
import { type Exchange, startUploadServer } from "./upload-server.js";

const contents = Array.from({ length: 100 }, (_, number) => Buffer.from(`video ${number}`));

/** Uploads the contents to a server that gives this status to one kind of request. */
async function uploadAll(
  refuse: (exchange: Exchange) => boolean,
  status: number,
  options: Partial<ClientOptions> = {},
) {
  const server = await startUploadServer({
    answer(exchange) {
      if (!refuse(exchange)) return false;
      answerJson(exchange.response, { error: { message: "no" }, status }, status);
      return true;
    },
  });
  const outcomes = await collect(server.connect(options).uploadAll(contents));
  const codes = new Map<string | undefined, number>();
  for (const { error } of outcomes) codes.set(error?.code, (codes.get(error?.code) ?? 0) + 1);
  return { server, outcomes, codes: Object.fromEntries(codes) };
}

test.each([
  [401, "unauthorized"],
  [403, "forbidden"],
  [404, "not_found"],
  [503, "server_error"],
])(
  "a sign-in that is answered with %i from the start is tried once, and ends the batch",
  async (status, code) => {
    const options = { retry: { attempts: 1 } };
    const { server, codes } = await uploadAll(({ kind }) => kind === "login", status, options);
    expect(codes).toEqual({ [code]: 1, aborted: 99 });
    expect(server.seen.map(({ kind }) => kind)).toEqual(["login"]);
  },
);

test("a key and a token that are refused end the batch", async () => {
  const pair = { appSecret: undefined, accessKey: "key", accessToken: "token" };
  const { server, outcomes, codes } = await uploadAll(({ kind }) => kind === "plan", 401, pair);
  expect(codes).toEqual({ unauthorized: 1, aborted: 99 });
  // Those that were under way may have asked as well.
  expect(server.count("plan")).toBeLessThanOrEqual(8);
  expect(outcomes.at(-1)?.error?.message).toContain(
    "Stopped, because signing in has failed for another source of the batch.",
  );
});

test("a session that ends and cannot be renewed ends what is left of the batch", async () => {
  let plans = 0;
  const isRefused = ({ kind, earlier }: Exchange) => {
    if (kind === "plan") plans++;
    return (kind === "plan" && plans > 20) || (kind === "login" && earlier > 0);
  };
  const { server, codes } = await uploadAll(isRefused, 401);
  expect(codes.unauthorized).toBe(1);
  expect(codes.undefined).toBeGreaterThan(10);
  expect(server.count("login")).toBe(2);
});

test("a file that is refused alone does not end the batch", async () => {
  const { codes } = await uploadAll(({ kind, earlier }) => kind === "plan" && earlier === 3, 403);
  expect(codes).toEqual({ forbidden: 1, undefined: 99 });
});

test("a part that storage refuses with 401 ends its own file alone", async () => {
  const isRefused = ({ kind, body }: Exchange) =>
    kind === "part" && contents[3]?.equals(body) === true;
  const { outcomes, codes } = await uploadAll(isRefused, 401);
  expect(codes).toEqual({ url_expired: 1, undefined: 99 });
  const { error } = outcomes.find(({ index }) => index === 3) ?? {};
  expect(error?.message).toContain(
    "Sending part 1 was answered with 401: no. Its URL is no longer",
  );
});

/** Answers with an error, and says that it was done. */
function refuseWith(status: number, { response }: Exchange): true {
  answerJson(response, { error: { message: "no" }, status }, status);
  return true;
}

test("a sign-in that fails for the moment ends only the files that need it", async () => {
  const sending = Promise.withResolvers<void>();
  const failed = Promise.withResolvers<void>();
  const server = await startUploadServer({
    async answer(exchange) {
      const { kind, earlier } = exchange;
      if (kind === "plan" && earlier === 1) return refuseWith(401, exchange);
      if (kind === "login" && (earlier === 1 || earlier === 2)) return refuseWith(503, exchange);
      if (kind !== "part") return false;
      sending.resolve();
      await failed.promise;
      return false;
    },
  });
  async function* giveSources() {
    yield Buffer.from("the first, which is being sent");
    await sending.promise;
    yield Buffer.from("the second, whose session has ended");
    yield Buffer.from("the third, which has no session");
  }
  const codes: unknown[] = [];
  const once = { retry: { attempts: 1 }, fileConcurrency: 2 };
  for await (const { index, error } of server.connect().uploadAll(giveSources(), once)) {
    codes[index] = error?.code;
    if (index === 2) failed.resolve();
  }
  expect(codes).toEqual([undefined, "server_error", "server_error"]);
  expect(server.finalized).toHaveLength(1);
});

test("a file that fails for another reason keeps it, although the code is the same", async () => {
  await using folder = await makeTemporaryFolder();
  const path = await folder.write("a.mp4", "a video");
  const closing = Promise.withResolvers<void>();
  const refused = Promise.withResolvers<void>();
  // No file system that is at hand closes a file slowly.
  const file = await files.open(path);
  const close = file.close.bind(file);
  file.close = async () => {
    closing.resolve();
    await refused.promise;
    await close();
  };
  const opening = vi.spyOn(files, "open").mockResolvedValueOnce(file);
  syncBuiltinESMExports();
  onTestFinished(() => {
    opening.mockRestore();
    syncBuiltinESMExports();
  });
  const server = await startUploadServer({
    answer(exchange) {
      const { kind, earlier } = exchange;
      if (kind === "plan") return refuseWith(earlier === 0 ? 403 : 401, exchange);
      if (kind === "login" && earlier > 0) return refuseWith(earlier === 1 ? 503 : 403, exchange);
      return false;
    },
  });
  async function* giveSources() {
    yield path;
    await closing.promise;
    yield Buffer.from("the second, whose session has ended");
    yield Buffer.from("the third, whose keys are refused");
  }
  const messages: (string | undefined)[] = [];
  const once = { retry: { attempts: 1 }, fileConcurrency: 2 };
  for await (const { index, error } of server.connect().uploadAll(giveSources(), once)) {
    messages[index] = error?.message;
    if (index === 2) refused.resolve();
  }
  expect(messages).toEqual([
    expect.stringMatching(/a\.mp4: Asking for upload URLs was answered with 403/),
    expect.stringContaining("Signing in was answered with 503"),
    expect.stringContaining("Signing in was answered with 403"),
  ]);
});

test("what the refusal of the keys stops keeps its checksum and its clip", async () => {
  const waiting = Promise.withResolvers<void>();
  const asked = Promise.withResolvers<void>();
  const server = await startUploadServer({
    async answer(exchange) {
      const { kind, earlier, response } = exchange;
      if (kind === "finalize") {
        answerJson(response, { data: [pendingClip] });
        return true;
      }
      if (kind === "clip") {
        // Never answered: the request is cut.
        waiting.resolve();
        return true;
      }
      if (kind === "plan" && earlier === 2) asked.resolve();
      if ((kind !== "plan" && kind !== "login") || earlier === 0) return false;
      // Both files have asked by then, so that they wait for the same sign-in.
      await asked.promise;
      return refuseWith(401, exchange);
    },
  });
  async function* giveSources() {
    yield Buffer.from("the first, whose clip is awaited");
    await waiting.promise;
    yield Buffer.from("the second, whose session has ended");
    yield Buffer.from("the third, whose session has ended");
  }
  const outcomes = await collect(server.connect().uploadAll(giveSources()));
  const errors = outcomes.sort((a, b) => a.index - b.index).map(({ error }) => error);
  const checksum = expect.stringMatching(/^[0-9a-f]{32}$/);
  expect(errors[0]).toMatchObject({
    code: "aborted",
    message: expect.stringContaining("The content is with the service: ask for clip c9 again"),
    upload: { checksum, clip: { id: "c9", status: "pending" } },
  });
  expect(errors.map((error) => error?.code).sort()).toEqual(["aborted", "aborted", "unauthorized"]);
  for (const error of errors) expect(error?.upload).toMatchObject({ checksum });
});

const pendingClip = {
  ...{ id: "c9", url: "https://clips.example.com/c9", status: "pending" },
  ...{ preview_gif: null, thumbnail_url: null },
};
