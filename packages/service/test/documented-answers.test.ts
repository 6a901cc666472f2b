import { describe, expect, it } from "vitest";
import { startSignedIn } from "./start-signed-in.js";
import { first, makeContent, md5Hex } from "./upload-client.js";

const json = { "Content-Type": "application/json" };

describe("signing in", () => {
  it.each(["login/app", "login/app/"])(
    "takes an app's secret at %s, form-encoded and as JSON",
    async (path) => {
      const { service, session } = await startSignedIn();
      const { appId, appSecret, account } = session;
      const body = { app_id: appId, app_secret: appSecret, device_id: "ci" };
      for (const init of [
        { body: new URLSearchParams(body), headers: { "X-PV-Meta-App": appId } },
        { body: JSON.stringify(body), headers: { "X-PV-Meta-App": appId, ...json } },
      ]) {
        const response = await fetch(service.rootUrl + path, { method: "POST", ...init });
        expect(response.status).toBe(200);
        const text = await response.text();
        const row = JSON.parse(text).data[0];
        expect(text).toBe(
          `{"_count":1,"data":[{"access_key":"${row.access_key}","access_token":"${row.access_token}","id":"${account}"}]}`,
        );
        expect(row.access_key).toMatch(/^[0-9a-f]{32}$/);
      }
    },
  );

  it("takes a user's password at login, with and without the slash", async () => {
    const { service, session } = await startSignedIn();
    const account = await service.accounts.addUser("ada", "correct horse");
    for (const path of ["login", "login/"]) {
      const response = await fetch(service.rootUrl + path, {
        method: "POST",
        headers: { "X-PV-Meta-App": session.appId },
        body: new URLSearchParams({ username: "ada", password: "correct horse" }),
      });
      expect(response.status).toBe(200);
      expect(await response.json()).toMatchObject({ data: [{ id: account }] });
    }
  });
});

describe("an upload", () => {
  it("is answered byte by byte as documented", async () => {
    const { service, client } = await startSignedIn();
    const content = makeContent(5 * 1024 * 1024 + 1);
    const planned = await client.plan(content, `size=${content.length}&filename=take+1.mp4`);
    const plan = first(planned);
    const [one, two] = plan.urls;
    expect(planned.headers.get("content-type")).toBe("application/json");
    expect(planned.text).toBe(
      `{"_count":1,"_upload":true,"data":[{"upload_id":"${plan.upload_id}","chunk_size":5242880,` +
        `"urls":[{"PartNumber":1,"url":"${one?.url}"},{"PartNumber":2,"url":"${two?.url}"}]}]}`,
    );

    const uploads = await client.sendParts(plan, content);
    const finalized = await client.finalize(content, uploads);
    const { id, created_on } = first(finalized);
    const url = `${service.baseUrl}c/${id}`;
    const quote = (address: string | null) => JSON.stringify(address);
    // The keys of earlier versions come first, in their order.
    const clip = (status: string, page: string | null) =>
      `{"id":"${id}","url":"${url}","preview_gif":null,"thumbnail_url":null,"status":"${status}",` +
      `"duration":null,"width":null,"height":null,"codec":null,"size":5242881,"mime":"video/mp4",` +
      `"filename":"take 1.mp4","created_on":"${created_on}","video_url":${quote(page && `${page}/video`)},` +
      `"download_url":${quote(page && `${page}/download`)},"plays":null,` +
      `"play_url":${quote(page && `${page}/video.mp4`)},"preview_webp":null,"storyboard":null,` +
      `"preview_of":null,"audio_codec":null,"thumbnail_time":null,"notes":[],"verified":false,"statements":null}`;
    expect(id).toMatch(/^[\w-]{24}$/);
    expect(created_on).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
    expect(finalized.text).toBe(`{"_count":1,"data":[${clip("pending", null)}]}`);

    await service.settled();
    const available = clip("available", url);
    expect((await client.plan(content)).text).toBe(
      `{"_count":1,"_upload":false,"data":[${available}]}`,
    );
    for (const slash of ["", "/"]) {
      expect((await client.call(`me/videoclips/${id}${slash}`)).text).toBe(
        `{"_count":1,"data":[${available}]}`,
      );
      expect((await client.call(`me/videoclips${slash}`)).text).toBe(
        `{"_count":1,"_page":1,"_total":1,"data":[${available}]}`,
      );
    }
  });

  it("is finalized form-encoded and as JSON, with uploads as text or as an array", async () => {
    const { client } = await startSignedIn();
    const encodings = [
      (uploads: unknown) => ({ body: new URLSearchParams({ uploads: JSON.stringify(uploads) }) }),
      (uploads: unknown) => ({ headers: json, body: JSON.stringify({ uploads }) }),
      (uploads: unknown) => ({
        headers: json,
        body: JSON.stringify({ uploads: JSON.stringify(uploads) }),
      }),
    ];
    for (const slash of ["", "/"]) {
      for (const encode of encodings) {
        const content = makeContent(100);
        const path = `me/directupload/videoclip/${md5Hex(content)}${slash}`;
        const plan = first(await client.plan(content));
        const uploads = await client.sendParts(plan, content);
        const answer = await client.call(path, { method: "POST", ...encode(uploads) });
        expect([answer.status, first(answer).size]).toEqual([200, 100]);
      }
    }
  });

  it("is not needed for known content, which keeps its id", async () => {
    const { client } = await startSignedIn();
    const content = makeContent(1);
    const clip = await client.upload(content);
    const again = await client.plan(content);
    expect(again.body._upload).toBe(false);
    expect(again.body.data[0]).toMatchObject({ id: clip.id });
  });

  it("keeps the mime and the name that were announced", async () => {
    const { client } = await startSignedIn();
    const clip = await client.uploadAndSettle(
      makeContent(10),
      "size=10&mime=video%2Fquicktime&filename=%C3%BCber.mov",
    );
    expect(clip).toMatchObject({ mime: "video/quicktime", filename: "über.mov" });
  });
});

describe("the list of clips", () => {
  it("gives the newest first, in pages", async () => {
    const { client } = await startSignedIn();
    const ids: string[] = [];
    for (let index = 0; index < 5; index += 1)
      ids.unshift((await client.upload(makeContent(9))).id);
    const pages = [];
    for (const page of [1, 2, 3, 4]) {
      const { body } = await client.call(`me/videoclips?count=2&page=${page}`);
      expect(body).toMatchObject({ _count: body.data.length, _page: page, _total: 5 });
      pages.push(body.data.map((clip) => clip.id));
    }
    expect(pages).toEqual([ids.slice(0, 2), ids.slice(2, 4), ids.slice(4), []]);
  });

  it("answers an invalid number with 400", async () => {
    const { client } = await startSignedIn();
    for (const query of ["count=0", "count=x", "page=-1", "page=1.5"]) {
      const { status, body } = await client.call(`me/videoclips?${query}`);
      expect([status, body.error?.message]).toEqual([
        400,
        `${query.split("=")[0]}: not a whole number above 0.`,
      ]);
    }
  });
});

describe("deleting a clip", () => {
  it("returns the clip, removes everything, and lets it be uploaded again", async () => {
    const { client, service } = await startSignedIn();
    const content = makeContent(1000);
    const clip = await client.uploadAndSettle(content);
    const deleted = await client.call(`me/videoclips/${clip.id}`, { method: "DELETE" });
    expect([deleted.status, deleted.body]).toEqual([200, { _count: 1, data: [clip] }]);
    expect((await client.call(`me/videoclips/${clip.id}`)).status).toBe(404);
    expect((await client.call(`me/videoclips/${clip.id}`, { method: "DELETE" })).status).toBe(404);
    expect((await fetch(clip.url)).status).toBe(404);
    expect((await fetch(`${service.baseUrl}c/${clip.id}/video`)).status).toBe(404);
    expect((await client.call("me/videoclips")).body.data).toEqual([]);
    expect((await client.uploadAndSettle(content)).status).toBe("available");
  });
});
