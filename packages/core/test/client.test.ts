import type { IncomingMessage, ServerResponse } from "node:http";
import { describe, expect, onTestFinished, test, vi } from "vitest";
import { DirectUploadClient } from "../src/index.js";
import { clip, md5, startService, wireClip } from "./client-service.js";

describe("the documented calls", () => {
  test("requestUpload asks with all three headers and takes a plan", async () => {
    await using service = await startService({
      _count: 1,
      _upload: true,
      data: [
        {
          upload_id: "u1",
          chunk_size: 5242880,
          urls: [{ PartNumber: 1, url: "https://s3.example.com/1", extra: true }],
          extra: 1,
        },
      ],
    });
    const plan = await service.client.requestUpload({
      checksum: md5,
      size: 7,
      filename: "take 1&2.webm",
      mime: "video/webm",
    });
    expect(plan).toEqual({
      isKnown: false,
      uploadId: "u1",
      chunkSize: 5242880,
      urls: [{ partNumber: 1, url: "https://s3.example.com/1" }],
      storedParts: undefined,
    });
    const [request] = service.seen;
    expect(request?.method).toBe("GET");
    expect(request?.path).toBe(
      `/v2.7/me/directupload/videoclip/${md5}/?size=7&filename=take+1%262.webm&mime=video%2Fwebm`,
    );
    expect(request?.headers).toMatchObject({
      "x-pv-meta-app": "app",
      "x-access-key": "key",
      "x-access-token": "token",
    });
  });

  test("requestUpload leaves mime out when it is the default", async () => {
    await using service = await startService({ _count: 1, _upload: false, data: [wireClip] });
    const plan = await service.client.requestUpload({ checksum: md5, size: 7, mime: "video/mp4" });
    expect(plan).toEqual({ isKnown: true, clip });
    expect(service.seen[0]?.path).toBe(`/v2.7/me/directupload/videoclip/${md5}/?size=7`);
  });

  test("finalize posts the parts as JSON in a form field, as the published clients do", async () => {
    await using service = await startService({ _count: 1, data: [wireClip] });
    const parts = [
      { partNumber: 1, etag: '"aa"' },
      { partNumber: 2, etag: '"bb"' },
    ];
    await expect(service.client.finalize(md5, parts)).resolves.toEqual(clip);
    const [request] = service.seen;
    expect(request).toMatchObject({
      method: "POST",
      path: `/v2.7/me/directupload/videoclip/${md5}/`,
    });
    expect(request?.headers["content-type"]).toBe("application/x-www-form-urlencoded");
    expect(new URLSearchParams(request?.body).get("uploads")).toBe(
      '[{"PartNumber":1,"ETag":"\\"aa\\""},{"PartNumber":2,"ETag":"\\"bb\\""}]',
    );
  });

  test("listClips asks for a page", async () => {
    await using service = await startService({ _count: 1, _page: 2, _total: 9, data: [wireClip] });
    await expect(service.client.listClips({ count: 1, page: 2 })).resolves.toEqual({
      clips: [clip],
      page: 2,
      total: 9,
    });
    expect(service.seen[0]?.path).toBe("/v2.7/me/videoclips?count=1&page=2");
  });

  test("listClips asks for what comes after an earlier page", async () => {
    const after = "2026-01-02T03:04:05.678Z,id+1";
    await using service = await startService({ _count: 1, _next: "later", data: [wireClip] });
    await expect(service.client.listClips({ after })).resolves.toEqual({
      clips: [clip],
      page: 1,
      next: "later",
    });
    expect(service.seen[0]?.path).toBe(`/v2.7/me/videoclips?after=${encodeURIComponent(after)}`);
  });

  test("listClips asks for clips by name, and leaves out what a service gives besides", async () => {
    const named = { ...wireClip, filename: "Vide\u0301o Demo.MP4" };
    const data = [{ ...wireClip, filename: "other.mp4" }, named, wireClip];
    await using service = await startService({ _count: 3, _total: 9, _next: "later", data });
    const page = await service.client.listClips({ name: "vid\u00e9o d", count: 3 });
    expect(page).toEqual({
      clips: [{ ...clip, filename: named.filename }],
      page: 1,
      next: "later",
    });
    expect(service.seen[0]?.path).toBe("/v2.7/me/videoclips?count=3&name=vid%C3%A9o+d");
  });

  test("getClip gives facts where there are any, and keeps unknown keys out", async () => {
    await using service = await startService({
      _count: 1,
      data: [
        {
          ...wireClip,
          preview_gif: null,
          duration: 1.5,
          width: 1280,
          codec: null,
          created_on: "2026-01-02T03:04:05Z",
          secret_internal: "x",
        },
      ],
    });
    await expect(service.client.getClip("c/1")).resolves.toEqual({
      ...clip,
      previewGif: null,
      duration: 1.5,
      width: 1280,
      createdOn: "2026-01-02T03:04:05Z",
    });
    expect(service.seen[0]?.path).toBe("/v2.7/me/videoclips/c%2F1");
  });

  test("signIn signs in with the secret, or as a user", async () => {
    await using service = await startService({
      _count: 1,
      data: [{ access_key: "k", access_token: "t", id: "account" }],
    });
    const client = new DirectUploadClient({
      rootUrl: new URL(`${service.origin}/v2.7/`),
      appId: "app",
      appSecret: "s3cret",
      deviceId: "laptop",
    });
    const session = { accessKey: "k", accessToken: "t", id: "account" };
    await expect(client.signIn()).resolves.toEqual(session);
    await expect(client.signIn({ username: "ann", password: "pw" })).resolves.toEqual(session);
    expect(service.seen.map(({ path, body }) => [path, body])).toEqual([
      ["/v2.7/login/app/", "app_id=app&app_secret=s3cret&device_id=laptop"],
      ["/v2.7/login/", "username=ann&password=pw&device_id=laptop"],
    ]);
  });
});

describe("answers that are not what the protocol says", () => {
  test.each([
    ["data[0].status", { _count: 1, data: [{ ...wireClip, status: "ready" }] }],
    ["data[0].id", { _count: 1, data: [{ ...wireClip, id: 7 }] }],
    ["data", { _count: 0, data: [] }],
    ["data", {}],
  ])("the error names %s", async (field, answer) => {
    await using service = await startService(answer);
    const asking = service.client.getClip("c1");
    await expect(asking).rejects.toMatchObject({ code: "bad_answer" });
    await expect(asking).rejects.toThrow(`: ${field}`);
  });

  test.each([
    ["_upload", { data: [wireClip] }],
    [
      "data[0].chunk_size",
      { _upload: true, data: [{ upload_id: "u", urls: [{ PartNumber: 1, url: "x" }] }] },
    ],
    [
      "data[0].urls[0].PartNumber",
      {
        _upload: true,
        data: [{ upload_id: "u", chunk_size: 1, urls: [{ PartNumber: 0, url: "x" }] }],
      },
    ],
  ])("a plan's error names %s", async (field, answer) => {
    await using service = await startService(answer);
    const asking = service.client.requestUpload({ checksum: md5, size: 1 });
    await expect(asking).rejects.toThrow(`: ${field}`);
  });

  test("what was received instead is not repeated: it may be a secret, or very long", async () => {
    await using service = await startService({ data: [{ ...wireClip, id: 31337 }] });
    const asking = service.client.getClip("c1");
    await expect(asking).rejects.toThrow("data[0].id: Invalid type: Expected string.");
    await expect(asking).rejects.not.toThrow("31337");
  });

  test("an HTML page is no answer, and the error says so", async () => {
    await using service = await startService((_: IncomingMessage, response: ServerResponse) =>
      response.end("<html>"),
    );
    await expect(service.client.getClip("c1")).rejects.toThrow("not answered with JSON");
  });
});

describe("refusals", () => {
  test.each([
    [400, "rejected", false],
    [401, "unauthorized", false],
    [403, "forbidden", false],
    [404, "not_found", false],
    [429, "rate_limited", true],
    [500, "server_error", true],
    [503, "server_error", true],
    [302, "bad_answer", false],
  ])("%i is %s", async (status, code, retryable) => {
    await using service = await startService(
      { error: { message: "because of X" }, status },
      status,
    );
    const asking = service.client.getClip("c1");
    await expect(asking).rejects.toMatchObject({ code, status, retryable });
    await expect(asking).rejects.toThrow("because of X");
  });

  test("a token that the service repeats is not in the message", async () => {
    await using service = await startService(
      { error: { message: "bad token 'token'" }, status: 401 },
      401,
    );
    await expect(service.client.getClip("c1")).rejects.not.toThrow("'token'");
  });

  test("an address where nothing listens", async () => {
    // The message says how long it was tried.
    vi.useFakeTimers({ toFake: ["performance"] });
    onTestFinished(() => void vi.useRealTimers());
    const client = new DirectUploadClient({
      rootUrl: "http://127.0.0.1:9/v2.7",
      appId: "app",
      accessKey: "key",
      accessToken: "token",
      retry: { attempts: 2, minDelay: 1 },
    });
    await expect(client.getClip("c1")).rejects.toThrow(
      "The connection to 127.0.0.1:9 failed (ECONNREFUSED). Check the address and the network. (asking for clip c1: tried 2 times in 0 s)",
    );
  });
});

describe("options", () => {
  test.each([
    [{ rootUrl: "clips.example.com", appId: "a" }, "rootUrl"],
    [{ rootUrl: "ftp://clips.example.com", appId: "a" }, "rootUrl"],
    [{ rootUrl: "https://u:p@clips.example.com", appId: "a" }, "rootUrl"],
    [{ rootUrl: "https://clips.example.com", appId: "" }, "appId"],
    [{ rootUrl: "https://clips.example.com", appId: "a\nb" }, "appId"],
    [{ rootUrl: "https://clips.example.com", appId: "a", accessKey: "k" }, "accessToken"],
    [{ rootUrl: "https://clips.example.com", appId: "a", requestTimeout: 0 }, "requestTimeout"],
    [
      { rootUrl: "https://clips.example.com", appId: "a", silenceTimeout: 2 ** 31 },
      "silenceTimeout",
    ],
  ])("%j is refused, and the option is named", (options, name) => {
    expect(() => new DirectUploadClient(options)).toThrow(name);
  });

  test("checksum, size and clip id are checked before a request", async () => {
    await using service = await startService({});
    const { client } = service;
    for (const asking of [
      client.requestUpload({ checksum: md5.toUpperCase(), size: 1 }),
      client.requestUpload({ checksum: "../x", size: 1 }),
      client.requestUpload({ checksum: md5, size: 0 }),
      client.requestUpload({ checksum: md5, size: 1.5 }),
      client.finalize("", []),
      client.getClip(".."),
      client.getClip("\ud800"),
    ]) {
      await expect(asking).rejects.toMatchObject({ code: "invalid_option" });
    }
    expect(service.seen).toEqual([]);
  });
});
