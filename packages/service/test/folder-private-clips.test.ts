import { pino } from "pino";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { addressBelow, allNames, linkTo, startPrivate } from "./start-private.js";
import { makeContent } from "./upload-client.js";

const minute = 60_000;

beforeEach(
  () => void vi.useFakeTimers({ toFake: ["Date"], now: Date.parse("2026-11-29T12:00:00.900Z") }),
);
afterEach(() => void vi.useRealTimers());

it("a link ends when it says, and then says that it has ended to whoever has it", async () => {
  const { client } = await startPrivate();
  const clip = await client.uploadAndSettle(makeContent(100), "size=100&filename=take.mp4");
  const link = await linkTo(client, clip.id, 600);
  expect(link.expires_on).toBe("2026-11-29T12:10:00.000Z");
  const changed = link.url.replace(/signature=./, "signature=*");
  const answers = async (url: string) => {
    const names = allNames.filter((name) => name !== "video.webm");
    const all = await Promise.all(names.map((name) => fetch(addressBelow(url, name))));
    return Promise.all(
      all.map(async (answer) => ({
        status: answer.status,
        caching: answer.headers.get("cache-control"),
        text: await answer.text(),
      })),
    );
  };
  vi.setSystemTime(Date.now() + 9 * minute);
  for (const { status } of await answers(link.url)) expect(status).toBe(200);
  vi.setSystemTime(Date.now() + minute);
  for (const { status, caching, text } of await answers(link.url)) {
    expect([status, caching]).toEqual([403, "no-store"]);
    expect(text).toContain("This link has expired");
    expect(text).not.toContain("take");
  }
  for (const { status } of await answers(changed)) expect(status).toBe(404);
  const page = await fetch(link.url, { headers: { Accept: "text/html" } });
  expect(await page.text()).toContain("<h1>This link has expired.</h1>");
  await client.call(`me/videoclips/${clip.id}`, { method: "DELETE" });
  for (const { status } of await answers(link.url)) expect(status).toBe(404);
});

it("a link is good for seven days where nothing says how long", async () => {
  const { client } = await startPrivate();
  const clip = await client.uploadAndSettle(makeContent(100));
  expect((await linkTo(client, clip.id)).expires_on).toBe("2026-12-06T12:00:00.000Z");
});

it("the audit log says who has asked for a link, and holds no signature", async () => {
  const lines: string[] = [];
  const audit = pino({ base: null }, { write: (line: string) => void lines.push(line) });
  const { client } = await startPrivate({ audit });
  const clip = await client.uploadAndSettle(makeContent(100));
  await linkTo(client, clip.id);
  const { account, appId: app } = client.session;
  expect(JSON.parse(lines.at(-1) ?? "")).toMatchObject({
    ...{ account, app, clip: clip.id, method: "POST", status: 200 },
    route: "/v2.7/me/videoclips/:id/link",
  });
  expect(lines.join("")).not.toContain("signature");
});
