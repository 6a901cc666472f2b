import { expect, test } from "vitest";
import { awaitMore, describeTake, open, startStage, video } from "./watch-stage.ts";

const chapters = [
  { start: 0, title: "Sign in" },
  { start: 5.2, title: "<i>Pay</i> & go" },
];

test("a chapter seeks in the page that is open, and the one that plays is marked", async () => {
  const { clip } = await startStage({ result: await describeTake(), chapters });
  const { page, complaints } = await open(clip.url);
  await awaitMore(page, "readyState", 1);
  await page.evaluate("window.isStillOpen = true");
  const link = page.getByRole("link", { name: "0:05 <i>Pay</i> & go" });
  await link.click();
  await expect.poll(() => page.evaluate(`${video}.currentTime`)).toBe(5.2);
  await expect.poll(() => link.getAttribute("aria-current")).toBe("true");
  expect(await page.locator(".chapters [aria-current]").count()).toBe(1);
  expect(await page.evaluate("window.isStillOpen")).toBe(true);
  const cues = `[...${video}.textTracks[0].cues].map(({ startTime, endTime, text }) => [startTime, endTime, text])`;
  expect(await page.evaluate(cues)).toEqual([
    [0, 5.2, "Sign in"],
    [5.2, 8, "&lt;i&gt;Pay&lt;/i&gt; &amp; go"],
  ]);
  const slider = page.getByRole("slider", { name: "Moment of the video" });
  await slider.focus();
  await page.keyboard.press("Home");
  expect(await page.locator(".tile").textContent()).toBe("0:00 Sign in");
  expect(complaints).toEqual([]);
});

test("without script a chapter is a page that begins there", async () => {
  const { clip } = await startStage({ result: await describeTake(), chapters });
  const { page } = await open(clip.url, { javaScriptEnabled: false });
  await page.getByRole("link", { name: "0:05 <i>Pay</i> & go" }).click();
  await page.waitForURL(`${clip.url}?t=5.2`);
  expect(await page.locator("video").getAttribute("src")).toMatch(/video\.mp4#t=5\.2$/);
});
