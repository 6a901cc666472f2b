import { readdir, rm, symlink, truncate } from "node:fs/promises";
import path from "node:path";
import { describe, expect, it, vi } from "vitest";
import { signIn, startTestService } from "./start-test-service.js";
import { makeContent, UploadClient } from "./upload-client.js";

describe("a video that is cut short on the disk", () => {
  it("ends its connection, is logged, and nothing else is printed", async () => {
    const printed = (["log", "info", "warn", "error"] as const).map((name) =>
      vi.spyOn(console, name),
    );
    const service = await startTestService();
    const client = new UploadClient(service, await signIn(service));
    const clip = await client.uploadAndSettle(makeContent(3_000_000));
    const entries = await readdir(service.folder, { recursive: true });
    const content = entries.find((name) => path.basename(name) === "content") ?? "";
    await truncate(path.join(service.folder, content), 1_000_000);
    const response = await fetch(`${clip.url}/video`);
    await expect(response.arrayBuffer()).rejects.toThrow("terminated");
    expect(service.log.join("")).toContain("answer broke off");
    for (const spy of printed) {
      expect(spy).not.toHaveBeenCalled();
      spy.mockRestore();
    }
  });
});

describe("a crash", () => {
  it("is answered with 503 that tells nothing, and is logged", async () => {
    const service = await startTestService();
    const client = new UploadClient(service, await signIn(service));
    const clip = await client.uploadAndSettle(makeContent(5));
    // A link that leads to itself: the file system fails, and the clip is not simply missing.
    const state = path.join(service.folder, "objects", "clips", clip.id, "state.json~");
    await rm(state, { recursive: true });
    await symlink(state, state);
    const answer = await client.call(`me/videoclips/${clip.id}`);
    expect([answer.status, answer.body]).toEqual([
      503,
      { error: { message: expect.any(String) }, status: 503 },
    ]);
    expect(answer.text).not.toContain("state");
    expect(service.log.join("")).toContain("request crashed");
  });
});
