import { describe, expect, it } from "vitest";
import { listKeys, openGround, signIn, startTestService } from "./start-test-service.js";
import {
  chunkSize,
  first,
  makeContent,
  md5Hex,
  partOf,
  putPart,
  UploadClient,
} from "./upload-client.js";

async function start() {
  const service = await startTestService();
  return { service, client: new UploadClient(service, await signIn(service)) };
}

describe("finalize", () => {
  it("refuses wrong lists with 400 that names the part, and the upload stays open", async () => {
    const { client } = await start();
    const content = makeContent(2 * chunkSize + 5);
    const plan = first(await client.plan(content));
    const rows = await client.sendParts(plan, content);
    const [one, two, three] = rows;
    const wrong: [unknown[], string][] = [
      [[one, two], "part 3 is missing"],
      [[one, three], "part 2 is missing"],
      [[two, three], "part 1 is missing"],
      [[one, two, two, three], "part 2 is listed twice"],
      [[one, three, two], "part 2 is listed after part 3"],
      [[three, two, one], "part 2 is listed after part 3"],
      [[...rows, { PartNumber: 4, ETag: "x" }], "part 4 is listed, but there are 3 parts"],
      [[one, { PartNumber: 2, ETag: one?.ETag }, three], "the ETag of part 2"],
      [[one, { PartNumber: 2, ETag: "nonsense" }, three], "the ETag of part 2"],
    ];
    for (const [uploads, problem] of wrong) {
      const { status, body } = await client.finalize(content, uploads);
      expect([status, body]).toEqual([
        400,
        { error: { message: expect.stringContaining(problem) }, status: 400 },
      ]);
    }
    for (const row of [
      { PartNumber: 0, ETag: "x" },
      { PartNumber: 1.5, ETag: "x" },
      { ETag: "x" },
    ]) {
      expect((await client.finalize(content, [row])).status).toBe(400);
    }
    expect((await client.finalize(content, rows)).status).toBe(200);
  });

  it("names a part that has not been uploaded", async () => {
    const { client } = await start();
    const content = makeContent(chunkSize + 5);
    const plan = first(await client.plan(content));
    await putPart(plan.urls[0]?.url ?? "", partOf(content, 1));
    const rows = [1, 2].map((PartNumber) => ({
      PartNumber,
      ETag: md5Hex(partOf(content, PartNumber)),
    }));
    const { status, text } = await client.finalize(content, rows);
    expect([status, text]).toEqual([400, expect.stringContaining("part 2 has not been uploaded")]);
    await putPart(plan.urls[1]?.url ?? "", partOf(content, 2));
    expect((await client.finalize(content, rows)).status).toBe(200);
  });

  it("takes ETags with and without their quotes", async () => {
    const { client } = await start();
    for (const quote of ["", '"']) {
      const content = makeContent(5);
      await client.sendParts(first(await client.plan(content)), content);
      const rows = [{ PartNumber: 1, ETag: `${quote}${md5Hex(content)}${quote}` }];
      expect((await client.finalize(content, rows)).status).toBe(200);
    }
  });

  it("gives the same clip to several calls at once", async () => {
    const { client, service } = await start();
    const content = makeContent(chunkSize * 2);
    const rows = await client.sendParts(first(await client.plan(content)), content);
    const answers = await Promise.all([1, 2, 3].map(() => client.finalize(content, rows)));
    expect(answers.map((answer) => answer.status)).toEqual([200, 200, 200]);
    expect(new Set(answers.map((answer) => first(answer).id)).size).toBe(1);
    await service.settled();
    expect((await client.call("me/videoclips")).body).toMatchObject({ _total: 1 });
    expect(service.log.filter((line) => line.includes("clip is pending"))).toHaveLength(1);
  });
});

describe("plans", () => {
  it("of several calls at once are one upload", async () => {
    const { client } = await start();
    const content = makeContent(100);
    const plans = await Promise.all([1, 2, 3, 4].map(() => client.plan(content)));
    expect(new Set(plans.map((plan) => first(plan).upload_id)).size).toBe(1);
  });

  it("continue the open upload and list the parts that it has", async () => {
    const { client } = await start();
    const content = makeContent(2 * chunkSize + 5);
    const plan = first(await client.plan(content));
    expect(plan).not.toHaveProperty("parts");
    for (const number of [3, 1]) {
      await putPart(plan.urls[number - 1]?.url ?? "", partOf(content, number));
    }
    const resumed = first(await client.plan(content));
    expect(resumed).toMatchObject({ upload_id: plan.upload_id, chunk_size: plan.chunk_size });
    expect(resumed.parts).toEqual([
      { PartNumber: 1, ETag: `"${md5Hex(partOf(content, 1))}"`, Size: chunkSize },
      { PartNumber: 3, ETag: `"${md5Hex(partOf(content, 3))}"`, Size: 5 },
    ]);
  });

  it("of another size start anew", async () => {
    const { client, service } = await start();
    const content = makeContent(100);
    const plan = first(await client.plan(content, "size=99"));
    const other = first(await client.plan(content));
    expect(other.upload_id).not.toBe(plan.upload_id);
    const { store } = await openGround(service.folder);
    const { uploads } = await store.listMultipartUploads("clips/");
    expect(uploads.map(({ uploadId }) => uploadId)).toEqual([other.upload_id]);
    const clip = first(await client.finalize(content, await client.sendParts(other, content)));
    expect(clip.size).toBe(100);
  });
});

describe("content that is not what was promised", () => {
  it("makes the clip failed, is deleted, and can be uploaded again", async () => {
    const { client, service } = await start();
    const content = makeContent(chunkSize + 100);
    const corrupted = Buffer.from(content);
    corrupted[chunkSize + 50] = (corrupted[chunkSize + 50] ?? 0) ^ 1;

    const failed = await client.uploadAndSettle(content, undefined, corrupted);
    expect(failed).toMatchObject({
      status: "failed",
      reason: expect.stringContaining(md5Hex(corrupted)),
      video_url: null,
    });
    expect(await listKeys(service, `clips/${failed.id}/`)).toEqual([
      `clips/${failed.id}/state.json`,
    ]);
    expect((await fetch(`${failed.url}/video`)).status).toBe(404);
    const again = await client.finalize(content, [{ PartNumber: 1, ETag: "x" }]);
    expect([again.status, first(again).status]).toEqual([200, "failed"]);

    const clip = await client.uploadAndSettle(content);
    expect(clip).toMatchObject({ id: failed.id, status: "available" });
    expect(clip).not.toHaveProperty("reason");
    const video = await fetch(clip.video_url ?? "");
    expect(md5Hex(new Uint8Array(await video.arrayBuffer()))).toBe(md5Hex(content));
  });
});
