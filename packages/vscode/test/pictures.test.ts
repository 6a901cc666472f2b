import { existsSync } from "node:fs";
import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { mostPictures, Pictures } from "../src/clips/pictures.js";

/**
 * A server whose pictures hold their own path.
 *
 * @param late is awaited before the answer for `/late.jpg`
 */
async function serve(late?: Promise<void>): Promise<{ origin: string; asked: string[] }> {
  const asked: string[] = [];
  const server = createServer(async ({ url = "" }, answer) => {
    asked.push(url);
    if (url === "/late.jpg") await late;
    answer.setHeader("Content-Type", url.endsWith(".jpg") ? "image/jpeg" : "text/html").end(url);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => {
    server.close();
    server.closeAllConnections();
  });
  return { origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, asked };
}

async function makePictures(shownLimit?: number): Promise<{ folder: string; pictures: Pictures }> {
  const parent = await mkdtemp(join(tmpdir(), "clipcourier-pictures-"));
  onTestFinished(() => rm(parent, { recursive: true, force: true, maxRetries: 3 }));
  const folder = join(parent, "pictures");
  // A hundred others are loaded before the last one here, however busy the machine is.
  return { folder, pictures: new Pictures(folder, 240_000, shownLimit) };
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

test("a picture that a tooltip shows is kept, whatever else is loaded", async () => {
  const { origin } = await serve();
  const { folder, pictures } = await makePictures();
  const shown = String(await pictures.load(`${origin}/shown.jpg`, true));
  for (let index = 0; index < mostPictures + 10; index++) {
    await pictures.load(`${origin}/${index}.jpg`);
  }
  expect(await readFile(shown, "utf8")).toBe("/shown.jpg");
  await expect.poll(async () => (await readdir(folder)).length).toBe(mostPictures + 1);
});

test("of those that tooltips show the last ones are kept", async () => {
  const { origin } = await serve();
  const { folder, pictures } = await makePictures(3);
  for (const name of "abcd") await pictures.load(`${origin}/${name}.jpg`, true);
  await expect.poll(async () => (await readdir(folder)).length).toBe(3);
  const kept = (await readdir(folder)).map((name) => readFile(join(folder, name), "utf8"));
  expect((await Promise.all(kept)).sort()).toEqual(["/b.jpg", "/c.jpg", "/d.jpg"]);
});

test("a picture whose answer comes last is there when it comes", async () => {
  const gate = Promise.withResolvers<void>();
  const { origin } = await serve(gate.promise);
  const { folder, pictures } = await makePictures();
  const late = pictures.load(`${origin}/late.jpg`);
  for (let index = 0; index < mostPictures + 10; index++) {
    await pictures.load(`${origin}/${index}.jpg`);
  }
  gate.resolve();
  const file = String(await late);
  await pictures.load(`${origin}/next.jpg`);
  await expect.poll(async () => (await readdir(folder)).length).toBe(mostPictures);
  expect(await readFile(file, "utf8")).toBe("/late.jpg");
});
