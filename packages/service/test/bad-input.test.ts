import { request } from "node:http";
import { describe, expect, it } from "vitest";
import { bodyOf, sendRaw } from "./raw-http.js";
import { shape, startSignedIn } from "./start-signed-in.js";
import { answerOf, first, makeContent, md5Hex } from "./upload-client.js";

const checksum = "0123456789abcdef0123456789abcdef";

describe("parameters of the upload URLs", () => {
  it.each([
    ["a checksum that is short", "videoclip/abc/?size=1", "checksum: "],
    ["a checksum that is not hex", `videoclip/${"g".repeat(32)}/?size=1`, "checksum: "],
    ["a checksum in upper case", `videoclip/${checksum.toUpperCase()}/?size=1`, "checksum: "],
    ["no size", `videoclip/${checksum}/`, "size: missing"],
    ["an empty size", `videoclip/${checksum}/?size=`, "size: "],
    ["size 0", `videoclip/${checksum}/?size=0`, "size: "],
    ["a negative size", `videoclip/${checksum}/?size=-1`, "size: "],
    ["a fraction", `videoclip/${checksum}/?size=1.5`, "size: "],
    ["a word", `videoclip/${checksum}/?size=big`, "size: "],
    ["a size no number can hold", `videoclip/${checksum}/?size=${"9".repeat(30)}`, "size: "],
    ["a size over the limit", `videoclip/${checksum}/?size=1001`, "size: over the limit of 1000"],
    ["photo", `photo/${checksum}/?size=1`, "mime: not the type of a photo"],
    ["music", `music/${checksum}/?size=1`, "only videoclip and photo are"],
    ["a mime that is no video", `videoclip/${checksum}/?size=1&mime=text/html`, "mime: "],
    ["a mime that is a picture", `videoclip/${checksum}/?size=1&mime=video/svg%2Bxml`, "mime: "],
    ["a mime that is a document", `videoclip/${checksum}/?size=1&mime=video/x%2Bxml`, "mime: "],
    ["a mime that is XML", `videoclip/${checksum}/?size=1&mime=video/XML`, "mime: "],
    ["a mime that is a page", `videoclip/${checksum}/?size=1&mime=video/x-html`, "mime: "],
    ["a name with a line break", `videoclip/${checksum}/?size=1&filename=a%0Ab`, "filename: "],
    [
      "a name over 255 bytes",
      `videoclip/${checksum}/?size=1&filename=${"%C3%A9".repeat(128)}`,
      "filename: ",
    ],
  ])("%s is answered with 400 that names it", async (_, path, problem) => {
    const { client } = await startSignedIn({ maxSize: 1000 });
    const answer = await client.call(`me/directupload/${path}`);
    expect(answer.status).toBe(400);
    expect(answer.body).toEqual(shape(400, expect.stringContaining(problem)));
  });

  it("takes a size that is just within the limit", async () => {
    const { client } = await startSignedIn({ maxSize: 1000 });
    expect((await client.call(`me/directupload/videoclip/${checksum}/?size=1000`)).status).toBe(
      200,
    );
  });

  it("refuses music at finalize as well", async () => {
    const { client } = await startSignedIn();
    const answer = await client.call(`me/directupload/music/${checksum}/`, { method: "POST" });
    expect(answer.body).toEqual(
      shape(400, expect.stringContaining("only videoclip and photo are")),
    );
  });
});

describe("a body", () => {
  const uploadPath = `me/directupload/videoclip/${checksum}/`;

  it("over 2 MiB with a Content-Length gets 413", async () => {
    const { client } = await startSignedIn();
    const body = `uploads=${"x".repeat(2 * 1024 * 1024)}`;
    const answer = await client.call(uploadPath, {
      method: "POST",
      headers: { "Content-Type": "application/x-www-form-urlencoded" },
      body,
    });
    expect([answer.status, answer.body]).toEqual([413, shape(413)]);
  });

  it("that is announced with over 2 MiB gets 413 before it is sent", async () => {
    const { service, session } = await startSignedIn();
    const head = Object.entries({ ...session.headers, Host: "a", "Content-Length": 2097153 });
    const lines = head.map(([name, value]) => `${name}: ${value}\r\n`).join("");
    const raw = await sendRaw(
      service.baseUrl,
      [`POST /v2.7/${uploadPath} HTTP/1.1\r\n${lines}\r\n`],
      (text) => text.includes("}"),
    );
    expect(bodyOf(raw)).toEqual(shape(413));
  });

  it("over 2 MiB in chunks gets 413", async () => {
    const { service, session } = await startSignedIn();
    const raw = await new Promise<string>((resolve, reject) => {
      const sending = request(
        service.rootUrl + uploadPath,
        { method: "POST", headers: { ...session.headers, "Transfer-Encoding": "chunked" } },
        (response) => {
          let text = "";
          response.on("data", (data) => {
            text += data;
          });
          response.on("end", () => resolve(text));
        },
      );
      sending.on("error", reject);
      for (let index = 0; index < 40; index += 1) sending.write(Buffer.alloc(64 * 1024, "x"));
      sending.end();
    });
    expect(JSON.parse(raw)).toEqual(shape(413));
  });

  it("of just 2 MiB is read", async () => {
    const { client } = await startSignedIn();
    const body = JSON.stringify({ pad: "" });
    const answer = await client.call(uploadPath, {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: body.replace('""', `"${"x".repeat(2 * 1024 * 1024 - body.length)}"`),
    });
    expect(answer.body).toEqual(shape(400, "uploads: missing."));
  });

  it.each([
    ["malformed JSON", "application/json", "{", 400, "The body: not valid JSON."],
    ["JSON that is no object", "application/json", "[]", 400, "The body: not a JSON object."],
    ["JSON null", "application/json", "null", 400, "The body: not a JSON object."],
    ["an empty JSON body", "application/json", "", 400, "The body: not valid JSON."],
    ["an unknown encoding", "text/plain", "x", 415, expect.any(String)],
    [
      "uploads that is no JSON",
      "application/x-www-form-urlencoded",
      "uploads=[",
      400,
      "uploads: not valid JSON.",
    ],
    [
      "uploads that is no array",
      "application/json",
      '{"uploads":{}}',
      400,
      expect.stringContaining("uploads: not an array"),
    ],
    [
      "uploads that is empty",
      "application/json",
      '{"uploads":[]}',
      400,
      expect.stringContaining("uploads: not an array"),
    ],
    ["no uploads", "application/x-www-form-urlencoded", "", 400, "uploads: missing."],
  ])("with %s is refused", async (_, type, body, status, message) => {
    const { client } = await startSignedIn();
    const answer = await client.call(uploadPath, {
      method: "POST",
      headers: { "Content-Type": type },
      body,
    });
    expect([answer.status, answer.body]).toEqual([status, shape(status, message)]);
  });

  it("that is not UTF-8 is refused", async () => {
    const { client } = await startSignedIn();
    const answer = await client.call(uploadPath, {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: Buffer.from([0x7b, 0xff, 0x7d]),
    });
    expect(answer.body).toEqual(shape(400, "The body is not UTF-8 text."));
  });
});

describe("a request", () => {
  it.each([
    "nothing",
    "v2.7/",
    "v2.7/me/nothing",
    "v2.7/me/directupload/videoclip",
    "c/",
    "c/AAAAAAAAAAAAAAAAAAAAAAAA",
    "c/..%2f..%2fservice.json/video",
    "%",
  ])("for %s gets 404", async (path) => {
    const { service } = await startSignedIn();
    const answer = await answerOf(await fetch(service.baseUrl + path));
    expect([answer.status, answer.body]).toEqual([404, shape(404)]);
  });

  it("with the wrong method gets 405 that names the right ones", async () => {
    const { client, service } = await startSignedIn();
    const wrong: [string, string, string][] = [
      ["GET", "v2.7/login/app/", "POST"],
      ["PUT", `v2.7/me/directupload/videoclip/${checksum}`, "GET, POST, DELETE, HEAD"],
      ["POST", "v2.7/me/videoclips/", "GET, HEAD"],
      ["PUT", "v2.7/me/videoclips/x", "GET, DELETE, HEAD"],
      ["POST", "c/x", "GET, HEAD"],
      ["GET", "parts/x", "PUT"],
      ["OPTIONS", "v2.7/login", "POST"],
    ];
    for (const [method, path, allow] of wrong) {
      const { headers } = client.session;
      const answer = await answerOf(await fetch(service.baseUrl + path, { method, headers }));
      expect([answer.status, answer.headers.get("allow")]).toEqual([405, allow]);
      expect(answer.body).toEqual(shape(405));
    }
  });

  it("that HTTP does not allow gets the documented shape too", async () => {
    const { service } = await startSignedIn();
    const malformed: [string, number][] = [
      ["nonsense\r\n\r\n", 400],
      ["GET /healthz HTTP/1.1\r\nConnection: close\r\n\r\n", 400],
      ["GET /healthz HTTP/1.1\r\nConnection: close\r\nHost: a b\r\n\r\n", 400],
      [`GET /healthz HTTP/1.1\r\nHost: a\r\nX-Long: ${"x".repeat(100_000)}\r\n\r\n`, 431],
    ];
    for (const [text, status] of malformed) {
      const raw = await sendRaw(service.baseUrl, [text]);
      expect(raw).toMatch(new RegExp(`^HTTP/1.1 ${status} `));
      expect(bodyOf(raw)).toEqual(shape(status));
    }
  });
});

describe("finalize", () => {
  it("of a checksum with no upload gets 404, and of a finalized one the clip", async () => {
    const { client, service } = await startSignedIn();
    const content = makeContent(20);
    const rows = [{ PartNumber: 1, ETag: md5Hex(content) }];
    const none = await client.finalize(content, rows);
    expect([none.status, none.body]).toEqual([404, shape(404)]);
    const clip = await client.upload(content);
    await service.settled();
    const again = await client.finalize(content, rows);
    expect([again.status, first(again).id]).toEqual([200, clip.id]);
  });
});
