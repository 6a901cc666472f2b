import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { DiffBox } from "@clipcourier/core";
import { createMedia, type Media } from "@clipcourier/service";
import { type Browser, chromium } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { compareMedia } from "../fixtures/compare-media.ts";

let folder: string;
let media: Media;
let browser: Browser;
let page: string;

/** What a page shows of what may change. */
interface Page {
  background?: string;
  user?: string;
  comma?: string;
  button?: string;
  items?: number;
}

const button: DiffBox = { x: 20, y: 0, width: 105, height: 36 };

function html({ background = "#fff", user = "Ada", comma = ",", items = 8, ...page }: Page) {
  const list = Array.from(
    { length: items },
    (_, item) =>
      `<p>Item ${item}: lorem ipsum dolor${item === 5 ? comma : ","} <b>${item * 7.3} EUR</b></p>`,
  );
  return `<body style="margin:0;font:16px DejaVu Sans;background:${background}">
    <div style="background:#234;color:#fff;padding:12px">Shop <span style="float:right">${user}</span></div>
    <div style="padding:20px"><button style="display:block;width:${button.width}px;height:${button.height}px;
      background:${page.button ?? "#06c"};color:#fff;border:0">Buy</button>${list.join("")}</div>
    <div style="width:300px;height:120px;margin:20px;background:linear-gradient(90deg,#f60,#06f)"></div>`;
}

/** A screenshot of a whole page, as Chromium makes it; a JPEG with a quality. */
async function shoot(name: string, page: Page, quality = 0): Promise<string> {
  const path = join(folder, `${name}.${quality > 0 ? "jpg" : "png"}`);
  const tab = await browser.newPage({
    viewport: { width: 640, height: 480 },
  });
  await tab.setContent(html(page));
  const format = quality > 0 ? ({ type: "jpeg", quality } as const) : {};
  await tab.screenshot({ path, fullPage: true, ...format });
  await tab.close();
  return path;
}

const diff = (old: string, now: string) => compareMedia(media, old, now);

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "clipcourier-screenshot-diff-"));
  media = createMedia({ comparisonTimeLimit: 600_000 });
  browser = await chromium.launch({ executablePath: "/usr/bin/chromium", args: ["--no-sandbox"] });
  page = await shoot("page", {});
});

afterAll(async () => {
  await browser.close();
  await media.close();
  await rm(folder, { recursive: true, force: true });
});

describe("screenshots of a page", () => {
  const changes: [title: string, change: Page, quality: number][] = [0, 80, 30].flatMap(
    (quality) => {
      const kind = quality > 0 ? `a JPEG of quality ${quality}` : "a PNG";
      return [
        [`a name, ${kind}`, { user: "Bob" }, quality],
        [`the colour of a button, ${kind}`, { button: "#c00" }, quality],
        [`a comma that is a point, ${kind}`, { comma: "." }, quality],
      ] as [string, Page, number][];
    },
  );

  test.each(changes)("change: %s", async (_, change, quality) => {
    const [old, now] = [
      quality > 0 ? await shoot(`page-${quality}`, {}, quality) : page,
      await shoot("new", change, quality),
    ];
    const { verdict, ranges } = await diff(old, now);
    expect(verdict).toBe("changed");
    expect(ranges).toHaveLength(1);
    expect(ranges[0]?.regions).toHaveLength(1);
    expect(ranges[0]?.share).toBeLessThan(0.03);
  });

  test.each([
    ["as a JPEG of quality 90", 90],
    ["as a JPEG of quality 30", 30],
  ])("are re-encoded %s", async (_, quality) => {
    expect(await diff(page, await shoot("again", {}, quality))).toMatchObject({
      verdict: "re-encoded",
      ranges: [],
      old: { duration: 0, codec: "png", rate: null },
      new: { duration: 0, codec: "mjpeg" },
    });
  });

  test("change by a faint colour of everything", async () => {
    const { verdict, ranges } = await diff(page, await shoot("tint", { background: "#f6f6f6" }));
    expect(verdict).toBe("changed");
    expect(ranges[0]?.share).toBeGreaterThan(0.8);
  });

  test("change where a page has grown: what was added is a region", async () => {
    const { verdict, ranges, summary, ...sizes } = await diff(
      page,
      await shoot("grown", { items: 10 }),
    );
    expect(verdict).toBe("changed");
    const { height } = sizes.old ?? { height: 0 };
    const added = { x: 0, y: height, width: 640, height: (sizes.new?.height ?? 0) - height };
    expect(ranges[0]?.regions).toContainEqual(added);
    // The list above has not moved.
    expect(Math.min(...(ranges[0]?.regions ?? []).map(({ y }) => y))).toBeGreaterThan(300);
    expect(summary).toContain(`The new picture has 640 × ${sizes.new?.height} pixels`);
  });
});
