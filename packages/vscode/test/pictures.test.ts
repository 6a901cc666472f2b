import { existsSync } from "node:fs";
import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { mostPictures, Pictures } from "../src/clips/pictures.js";

/** A server whose pictures hold their own path. */
async function serve(): Promise<{ origin: string; asked: string[] }> {
  const asked: string[] = [];
  const server = createServer(({ url = "" }, answer) => {
    asked.push(url);
    answer.setHeader("Content-Type", url.endsWith(".jpg") ? "image/jpeg" : "text/html").end(url);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => {
    server.close();
    server.closeAllConnections();
  });
  return { origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, asked };
}

async function makePictures(): Promise<{ folder: string; pictures: Pictures }> {
  const parent = await mkdtemp(join(tmpdir(), "clipcourier-pictures-"));
  onTestFinished(() => rm(parent, { recursive: true, force: true, maxRetries: 3 }));
  const folder = join(parent, "pictures");
  return { folder, pictures: new Pictures(folder) };
}

test("a picture is loaded once, and what is none is asked for again", async () => {
  const { origin, asked } = await serve();
  const { pictures } = await makePictures();
  const file = await pictures.load(`${origin}/a.jpg`);
  expect(await readFile(String(file), "utf8")).toBe("/a.jpg");
  expect(await pictures.load(`${origin}/a.jpg`)).toBe(file);
  for (const _ of [1, 2]) expect(await pictures.load(`${origin}/page`)).toBeUndefined();
  expect(asked).toEqual(["/a.jpg", "/page", "/page"]);
});

test("the pictures that were used last are kept, and the files of others removed", async () => {
  const { origin } = await serve();
  const { folder, pictures } = await makePictures();
  const load = (index: number) => pictures.load(`${origin}/${index}.jpg`);
  const first = String(await load(0));
  const second = String(await load(1));
  for (let index = 2; index < mostPictures; index++) await load(index);
  expect(await load(0)).toBe(first);
  for (let index = 0; index < 10; index++) await load(mostPictures + index);
  await expect.poll(async () => (await readdir(folder)).length).toBe(mostPictures);
  expect([existsSync(first), existsSync(second)]).toEqual([true, false]);
  expect(await readFile(String(await load(1)), "utf8")).toBe("/1.jpg");
});
