import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import type { Clip } from "@clipcourier/core";
import { expect, onTestFinished, test } from "vitest";
import {
  awaitMore,
  describeTake,
  folder,
  open,
  reason,
  startStage,
  tileHeight,
  video,
} from "./watch-stage.ts";

const states = {
  playing: async () => (await startStage({ result: await describeTake() })).clip,
  making: async () => {
    const mayRender = new Promise<void>(() => {});
    const result = await describeTake({ kind: "transcode", reason });
    return (await startStage({ result, mayRender })).clip;
  },
  "download only": async () =>
    (await startStage({ result: await describeTake({ kind: "never", reason }) })).clip,
  pending: async () => (await startStage({ result: "pending" })).clip,
  failed: async () => (await startStage({ result: { reason: "It is a text, no video." } })).clip,
  gone: async () => {
    const { clip, client } = await startStage({ result: await describeTake() });
    await client.deleteClip(clip.id);
    return clip;
  },
} satisfies Record<string, () => Promise<Clip>>;

test.each(Object.keys(states) as (keyof typeof states)[])(
  "a page in the state %s fits a narrow screen and breaks no rule of its own",
  async (state) => {
    const { url } = await states[state]();
    for (const address of [url, `${url}/embed`]) {
      const viewport = { width: 320, height: 640 };
      const { page, complaints } = await open(address, { viewport });
      await page
        .locator("summary")
        .click({ timeout: 500 })
        .catch(() => {});
      const tooWide = "document.documentElement.scrollWidth - document.documentElement.clientWidth";
      expect(await page.evaluate(tooWide)).toBe(0);
      expect(complaints.filter((text) => state !== "gone" || !text.includes("404"))).toEqual([]);
    }
  },
);

test("a clip begins at the moment of its address, and plays", async () => {
  const { clip } = await startStage({ result: await describeTake() });
  const { page } = await open(`${clip.url}?t=5`);
  await awaitMore(page, "readyState", 1);
  expect(await page.evaluate(`${video}.currentTime`)).toBeCloseTo(5, 0);
  await page.evaluate(`${video}.play()`);
  await awaitMore(page, "currentTime", 5.5);
});

test("a rendition starts by itself when it is there, in the page that was open", async () => {
  const { promise: mayRender, resolve: render } = Promise.withResolvers<void>();
  const result = await describeTake({ kind: "transcode", reason });
  const { clip } = await startStage({ result, mayRender });
  const { page } = await open(clip.url);
  expect(await page.locator(".stage").textContent()).toContain(reason);
  expect(await page.locator("video").count()).toBe(0);
  await page.evaluate("window.isStillOpen = true");
  render();
  await page.locator("video").waitFor();
  await awaitMore(page, "currentTime", 0.2);
  expect(await page.evaluate("window.isStillOpen")).toBe(true);
  const source = await page.evaluate(`${video}.currentSrc`);
  expect(source).toBe(`${clip.url}/video.mp4`);
  expect(await page.locator("[role=status]").textContent()).toBe("The video is there.");
});

test("everything has a name, and can be reached with the keyboard", async () => {
  const { clip } = await startStage({ result: await describeTake() });
  const { page } = await open(clip.url);
  await page.getByRole("link", { name: "Download" }).focus();
  await page.keyboard.press("Tab");
  expect(await page.evaluate("document.activeElement.textContent")).toBe("Copy link");
  await page.locator("summary").focus();
  await page.keyboard.press("Enter");
  for (const [role, name] of [
    ["slider", "Moment of the video"],
    ["button", "Copy the link"],
    ["button", "Copy the embed code"],
    ["textbox", "Link"],
    ["textbox", "Embed code, for a page that shows the player"],
    ["heading", "take.mp4"],
  ] as const) {
    expect([name, await page.getByRole(role, { name, exact: true }).count()]).toEqual([name, 1]);
  }
  expect(await page.locator("video").getAttribute("aria-label")).toBe("take.mp4");
});

test("links are copied, one of them to the present moment", async () => {
  const { clip } = await startStage({ result: await describeTake() });
  const permissions = ["clipboard-read", "clipboard-write"];
  const { page } = await open(`${clip.url}?t=3`, { permissions });
  const readClipboard = () => page.evaluate("navigator.clipboard.readText()");
  await page.getByRole("button", { name: "Copy link", exact: true }).click();
  await expect.poll(readClipboard).toBe(clip.url);
  await page.getByRole("button", { name: "Copy link at 0:03" }).click();
  await expect.poll(readClipboard).toBe(`${clip.url}?t=3`);
});

test("the storyboard shows what the pointer is at", async () => {
  const { clip } = await startStage({ result: await describeTake() });
  const { page } = await open(clip.url);
  await awaitMore(page, "readyState", 0);
  const slider = page.getByRole("slider", { name: "Moment of the video" });
  const box = await slider.boundingBox();
  if (!box) throw new Error("The slider is not shown.");
  await page.mouse.move(box.x + box.width * 0.65, box.y + box.height / 2);
  const tile = page.locator(".tile");
  await tile.waitFor();
  // 5.2 s of 8: the third tile of two in a row.
  const place = await page.evaluate(
    `getComputedStyle(document.querySelector(".tile")).backgroundPosition`,
  );
  expect(place).toBe(`0px -${tileHeight}px`);
  expect(await tile.textContent()).toBe("0:05");
  await slider.focus();
  await page.keyboard.press("End");
  await awaitMore(page, "currentTime", 7.5);
  expect(await slider.getAttribute("aria-valuetext")).toBe("0:08");
});

test("without script there is a player, and everything can be saved or copied by hand", async () => {
  const { clip } = await startStage({ result: await describeTake() });
  const { page } = await open(clip.url, { javaScriptEnabled: false });
  expect(await page.locator("video").isVisible()).toBe(true);
  expect(await page.getByRole("button").count()).toBe(0);
  expect(await page.getByRole("slider").count()).toBe(0);
  await page.locator("summary").click();
  expect(await page.getByRole("textbox", { name: "Link", exact: true }).inputValue()).toBe(
    clip.url,
  );
  const [download] = await Promise.all([
    page.waitForEvent("download"),
    page.getByRole("link", { name: "Download" }).click(),
  ]);
  const saved = join(folder, "saved.mp4");
  await download.saveAs(saved);
  expect((await readFile(saved)).equals(await readFile(join(folder, "take.mp4")))).toBe(true);
});

test("the player is shown in a frame where the operator allows it", async () => {
  const result = await describeTake();
  const [allowed, closed] = [
    await startStage({ result }),
    await startStage({ result, embedFrom: [] }),
  ];
  const frames = [allowed, closed].map(({ clip }) => `<iframe src="${clip.url}/embed"></iframe>`);
  const server = createServer((_, outgoing) => {
    outgoing.setHeader("content-type", "text/html").end(frames.join(""));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => void server.close());
  const { port } = server.address() as AddressInfo;
  const { page } = await open(`http://127.0.0.1:${port}/`);
  await page.frameLocator("iframe >> nth=0").locator("video").waitFor();
  expect(await page.frameLocator("iframe >> nth=1").locator("video").count()).toBe(0);
});
