import { expect, it } from "vitest";
import { Comparing, clipsOn, comparing, picture } from "./compare-clips.js";
import { linkTo } from "./start-private.js";
import { signIn, startTestService } from "./start-test-service.js";
import { first, UploadClient } from "./upload-client.js";

/** Two clips of a private account that were compared. */
async function start(privatePictures?: "shown") {
  const service = await startTestService({
    ...{ media: comparing().media, streamVideos: true },
    accountLimits: { private: true, ...(privatePictures && { privatePictures }) },
  });
  const clips = await clipsOn(service);
  return { ...clips, made: await clips.mine.settle(clips.now, clips.old) };
}

/** The statuses of what there is below the address of a comparison, with a query. */
async function statusesOf(base: string, search: string): Promise<number[]> {
  const answers = await Promise.all(
    ["", ".json", ".gif"].map((ending) => fetch(`${base}${ending}${search}`)),
  );
  return answers.map(({ status }) => status);
}

it("of private clips the addresses open nothing, and those of a link to both open all", async () => {
  const { mine, old, now, made } = await start();
  expect(made).toMatchObject({ status: "ready", private: true });
  expect(made.placeholder_url).toMatch(/private\.svg$/);
  expect(await statusesOf(made.url, "")).toEqual([404, 404, 404]);
  const link = first(await mine.link(now, old));
  expect(link).toMatchObject({ status: "ready", diff: made.diff });
  expect(Date.parse(link.expires_on ?? "")).toBeGreaterThan(Date.now());
  expect(await statusesOf(made.url, new URL(link.url).search)).toEqual([200, 200, 200]);
  const gif = await fetch(link.picture_url ?? "");
  expect(gif.headers.get("cache-control")).toBe("private, no-cache");
  expect(Buffer.from(await gif.arrayBuffer())).toEqual(picture);
  // Whoever has it can watch both.
  const page = await (await fetch(link.url)).text();
  for (const id of [old, now]) {
    const [, at = ""] = new RegExp(`<video[^>]* src="([^"]*${id}[^"]*)"`).exec(page) ?? [];
    expect((await fetch(new URL(at.replaceAll("&amp;", "&"), link.url))).status).toBe(200);
  }
  const json = await (await fetch(`${made.url}.json${new URL(link.url).search}`)).json();
  expect(json).toEqual(link);
});

it("a comparison with a clip that was deleted is told as private, too", async () => {
  const { mine, old, now, made } = await start();
  await mine.client.call(`me/videoclips/${old}`, { method: "DELETE" });
  const { placeholder_url, url } = made;
  const gone = { status: "failed", private: true, placeholder_url, url };
  expect(first(await mine.get(now, old))).toMatchObject(gone);
  const link = first(await mine.link(now, old));
  expect(link).toMatchObject(gone);
  expect(link.expires_on).toBeUndefined();
});

it("a link to one of two private clips opens neither the other nor the comparison", async () => {
  const { mine, old, now, made } = await start();
  for (const id of [now, old]) {
    const { search } = new URL((await linkTo(mine.client, id)).url);
    expect(await statusesOf(made.url, search)).toEqual([404, 404, 404]);
  }
  // Nor does a link to the two open another pair, or one of them alone.
  const { search } = new URL(first(await mine.link(now, old)).url);
  const third = await mine.clip();
  await mine.settle(third, old);
  const other = made.url.replace(now, third);
  expect(await statusesOf(other, search)).toEqual([404, 404, 404]);
  expect(await statusesOf(made.url.replace(/c\/.*/, `c/${old}/compare/${now}`), search)).toEqual([
    404, 404, 404,
  ]);
  expect((await fetch(`${mine.client.service.baseUrl}c/${now}${search}`)).status).toBe(404);
});

it("a link that has expired says so, and one with another end is none", async () => {
  const { mine, old, now, made } = await start();
  const path = `me/videoclips/${now}/comparisons/${old}/link`;
  const body = new URLSearchParams({ expires_in: "1" });
  const { url } = first(await mine.client.call(path, { method: "POST", body }));
  const { search } = new URL(url);
  await expect.poll(() => statusesOf(made.url, search)).toEqual([403, 403, 403]);
  const later = search.replace(/expires=\d+/, "expires=99999999999");
  expect(await statusesOf(made.url, later)).toEqual([404, 404, 404]);
  const wrong = await mine.client.call(path, {
    ...{ method: "POST", body: new URLSearchParams({ expires_in: "99999999" }) },
  });
  expect(wrong.status).toBe(400);
});

it("where an account shows its pictures, everybody sees that of the comparison", async () => {
  const { made } = await start("shown");
  expect(made.placeholder_url).toBeUndefined();
  expect(await statusesOf(made.url, "")).toEqual([404, 404, 200]);
});

it("a public clip beside a private one is seen with a link to the private one", async () => {
  const service = await startTestService({ media: comparing().media, streamVideos: true });
  const open = await Comparing.on(service);
  const old = await open.clip();
  const session = await signIn(service);
  await service.close();
  const later = await startTestService({
    ...{ folder: service.folder, media: comparing().media, streamVideos: true },
    limitsByAccount: { [session.account]: { private: true } },
  });
  const hidden = new Comparing(new UploadClient(later, session));
  const now = await hidden.clip();
  const page = `${later.baseUrl}c/${now}/compare/${old}`;
  expect((await fetch(page)).status).toBe(404);
  const { search } = new URL((await linkTo(hidden.client, now)).url);
  expect((await fetch(page + search)).status).toBe(200);
});
