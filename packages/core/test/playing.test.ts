import { describe, expect, it } from "vitest";
import { clip, startService, wireClip } from "./client-service.js";
import { startUploadServer } from "./upload-server.js";

const playing = {
  ...{ plays: "rendition", play_url: "https://x.example/v.mp4", notes: ["Browsers do not play."] },
  ...{ download_url: "https://x.example/d", preview_webp: "https://x.example/p.webp" },
  ...{ storyboard: "https://x.example/s.vtt", preview_of: "passages", audio_codec: "aac" },
  thumbnail_time: 12.5,
};

describe("a clip", () => {
  it("says how it plays, and has more pictures", async () => {
    await using service = await startService({ data: [{ ...wireClip, ...playing }] });
    expect(await service.client.getClip("c1")).toEqual({
      ...{ ...clip, plays: "rendition", playUrl: "https://x.example/v.mp4" },
      ...{ notes: ["Browsers do not play."], downloadUrl: "https://x.example/d" },
      ...{ previewWebp: "https://x.example/p.webp", storyboardUrl: "https://x.example/s.vtt" },
      ...{ previewOf: "passages", audioCodec: "aac", thumbnailTime: 12.5 },
    });
  });

  it("that plays in a way of a later version is still a clip", async () => {
    const row = { ...wireClip, plays: "on the moon", preview_of: "the middle", play_url: null };
    await using service = await startService({ data: [row] });
    expect(await service.client.getClip("c1")).toEqual(clip);
  });

  it("keeps secrets out of the notes, too", async () => {
    const row = { ...wireClip, notes: ["It was sent with token."] };
    await using service = await startService({ data: [row] });
    const { clips } = await service.client.listClips();
    expect(clips[0]?.notes).toEqual(["It was sent with [redacted]."]);
  });
});

describe("an upload", () => {
  const queryOf = async (options: object) => {
    const queries: URLSearchParams[] = [];
    const server = await startUploadServer({
      answer({ kind, request }) {
        if (kind === "plan") queries.push(new URL(request.url ?? "", server.origin).searchParams);
        return undefined;
      },
    });
    const source = { name: "take.mp4", size: 3, read: async () => Buffer.from("abc") };
    await server.connect().upload(source, options);
    return Object.fromEntries(queries[0] ?? []);
  };

  it("asks for a thumbnail and a part of the preview", async () => {
    expect(await queryOf({ thumbnailTime: 12.5, preview: "end" })).toMatchObject({
      ...{ thumbnail_time: "12.5", preview: "end" },
    });
    expect(await queryOf({ thumbnailTime: 0 })).toMatchObject({ thumbnail_time: "0" });
  });

  it("leaves the choice to the service without a word", async () => {
    for (const options of [{}, { thumbnailTime: "auto", preview: "auto" }]) {
      const query = await queryOf(options);
      expect(query).not.toHaveProperty("thumbnail_time");
      expect(query).not.toHaveProperty("preview");
    }
  });

  it.each([
    [{ thumbnailTime: -1 }, "thumbnailTime must be a number of seconds from 0 on, or auto."],
    [{ thumbnailTime: Number.NaN }, "thumbnailTime must be"],
    [{ thumbnailTime: "12" }, "thumbnailTime must be"],
    [{ preview: "middle" }, "preview must be auto, start or end."],
  ])("refuses %o before anything is sent", async (options, message) => {
    const server = await startUploadServer();
    const uploading = server.connect().upload("no-such-file.mp4", options as object);
    await expect(uploading).rejects.toMatchObject({
      ...{ code: "invalid_option", message: expect.stringContaining(message) },
    });
    expect(server.seen).toEqual([]);
  });
});
