import { beforeAll, expect, it } from "vitest";
import { answering, readyResult } from "./fake-media.js";
import { linkTo, startPrivate } from "./start-private.js";
import {
  signIn,
  signInAs,
  startSharedService,
  startTestService,
  type TestService,
} from "./start-test-service.js";
import { first, makeContent, UploadClient } from "./upload-client.js";

const given = [
  { start: 0, title: "Sign in" },
  { start: 4.5, end: 30, title: 'Tom & Ann: <b>"pay"</b> --> `now`' },
  { start: 50.12345, title: "\u202Egnp.exe" },
];
const shown = [
  { start: 0, end: 4.5, title: "Sign in" },
  { start: 4.5, end: 30, title: 'Tom & Ann: <b>"pay"</b> --> `now`' },
  // With the length of the video.
  { start: 50.123, end: 61.4, title: "\u202Egnp.exe" },
];

let service: TestService;
let client: UploadClient;

beforeAll(async () => {
  service = await startSharedService({ media: answering(readyResult()), streamVideos: true });
  client = new UploadClient(service, await signIn(service));
});

async function uploadWith(chapters: unknown) {
  const { id } = await client.uploadAndSettle(makeContent(100));
  const answer = await client.setChapters(id, chapters);
  expect(answer.status).toBe(200);
  return first(answer);
}

const readText = async (url: string | null | undefined) => (await fetch(url ?? "")).text();

it("chapters are in the answers about the clip, and in lists it is only said where they are", async () => {
  const clip = await uploadWith(given);
  const file = `${clip.url}/chapters.vtt`;
  expect(clip).toMatchObject({ chapters: shown, chapters_url: file });
  expect(first(await client.call(`me/videoclips/${clip.id}`))).toEqual(clip);
  expect(await (await fetch(`${clip.url}.json`)).json()).toEqual(clip);
  const listed = (await client.call("me/videoclips?count=1")).body.data[0];
  expect(listed).toMatchObject({ id: clip.id, chapters_url: file });
  expect(listed).not.toHaveProperty("chapters");
});

it("chapters are a WebVTT file, which has no cue of a clip without any", async () => {
  const clip = await uploadWith(given);
  const answer = await fetch(clip.chapters_url ?? "");
  expect(Object.fromEntries(answer.headers)).toMatchObject({
    ...{ "content-type": "text/vtt; charset=UTF-8", "x-content-type-options": "nosniff" },
    "cache-control": "no-cache",
  });
  expect(await answer.text()).toBe(`WEBVTT

00:00:00.000 --> 00:00:04.500
Sign in

00:00:04.500 --> 00:00:30.000
Tom &amp; Ann: &lt;b&gt;"pay"&lt;/b&gt; --&gt; \`now\`

00:00:50.123 --> 00:01:01.400
\u202Egnp.exe
`);
  const without = await client.uploadAndSettle(makeContent(100));
  expect(without).not.toHaveProperty("chapters_url");
  expect(await readText(`${without.url}/chapters.vtt`)).toBe("WEBVTT\n");
});

it("the page lists them as links to their moments, escaped, and gives them to players", async () => {
  const clip = await uploadWith(given);
  const page = await readText(clip.url);
  const path = `/c/${clip.id}`;
  expect(page).toContain(
    `<a href="${path}?t=0" data-start="0"><span>0:00</span> <bdi>Sign in</bdi>`,
  );
  expect(page).toContain(
    `<a href="${path}?t=4.5" data-start="4.5"><span>0:04</span> <bdi>Tom &amp; Ann: &lt;b&gt;&quot;pay&quot;&lt;/b&gt; --&gt; \`now\`</bdi>`,
  );
  const track = `<track kind="chapters" label="Chapters" src="${path}/chapters.vtt" default>`;
  for (const text of [page, await readText(`${clip.url}/embed`)]) expect(text).toContain(track);
  expect(await readText(`${clip.url}?t=4.5`)).toContain(`/video.mp4#t=4.5"`);
});

it("the text for programs has them as code, with the tile that each begins in", async () => {
  const clip = await uploadWith(given);
  const [, lines] = /## Chapters\n\n((?:- .*\n)+)/.exec(await readText(`${clip.url}.md`)) ?? [];
  expect(lines).toBe(
    [
      "- ` Sign in `: second 0 to 4.5, from tile 0 on\n",
      '- `` Tom & Ann: <b>"pay"</b> --> `now` ``: second 4.5 to 30, from tile 0 on\n',
      "- ` \u202Egnp.exe `: second 50.123 to 61.4, from tile 2 on\n",
    ].join(""),
  );
});

it("a clip without chapters has none on its page and in its text", async () => {
  const clip = await uploadWith([]);
  expect(clip).not.toHaveProperty("chapters");
  for (const url of [clip.url, `${clip.url}.md`]) {
    expect(await readText(url)).not.toMatch(/<track|<section|^## Chapters/m);
  }
});

it("the last ones take the place of the others; content that is sent again keeps them", async () => {
  const content = makeContent(100);
  const { id } = await client.uploadAndSettle(content);
  await client.setChapters(id, given);
  await client.setChapters(id, [{ start: 2, title: "Other" }]);
  const known = first(await client.plan(content));
  expect(known).toMatchObject({ id, chapters: [{ start: 2, end: 61.4, title: "Other" }] });
  expect(first(await client.setChapters(id, []))).not.toHaveProperty("chapters");
});

it("what is given while the clip is verified is not lost", async () => {
  let goOn = () => {};
  const mayEnd = new Promise<void>((resolve) => {
    goOn = resolve;
  });
  const media = answering(readyResult());
  const slow = await startTestService({
    media: { ...media, inspect: (...args) => mayEnd.then(() => media.inspect(...args)) },
  });
  const sender = new UploadClient(slow, await signIn(slow));
  const { id } = await sender.upload(makeContent(100));
  const pending = first(await sender.setChapters(id, given));
  // Its length is not known yet, and its files are not there.
  const last = { start: 50.123, end: null, title: "\u202Egnp.exe" };
  expect(pending).toMatchObject({ status: "pending", chapters: [...shown.slice(0, 2), last] });
  expect(pending.chapters_url).toBeNull();
  expect((await fetch(`${pending.url}/chapters.vtt`)).status).toBe(404);
  goOn();
  await slow.settled();
  const clip = first(await sender.call(`me/videoclips/${id}`));
  expect(clip).toMatchObject({ status: "available", chapters: shown });
});

it("of a private clip they need a link, and the page with one has them signed", async () => {
  const { client: owner } = await startPrivate();
  const { id, url } = await owner.uploadAndSettle(makeContent(100));
  await owner.setChapters(id, given);
  expect((await fetch(`${url}/chapters.vtt`)).status).toBe(404);
  const link = await linkTo(owner, id);
  const page = await readText(link.url);
  const addresses = [...page.matchAll(/(?:<track .*?src|<li><a href)="([^"]+)"/g)];
  expect(addresses).toHaveLength(4);
  for (const [, address = ""] of addresses) {
    expect((await fetch(new URL(address.replaceAll("&amp;", "&"), url))).status).toBe(200);
  }
});

it("of a video whose length is not known, the last one ends behind every video", async () => {
  const blind = await startTestService({ media: null });
  const sender = new UploadClient(blind, await signIn(blind));
  const { id, url } = await sender.uploadAndSettle(makeContent(100));
  await sender.setChapters(id, [{ start: 1, title: "All" }]);
  expect(await readText(`${url}/chapters.vtt`)).toContain("00:00:01.000 --> 277:46:40.000\nAll\n");
});

it.each([
  ["{", "chapters: not valid JSON."],
  ["{}", "chapters: must be a list of chapters, each with a start and a title."],
  [[{ start: 0, title: "a\u0000" }], "chapters: chapter 1: the title must be one line"],
  [
    [
      { start: 1, title: "a" },
      { start: 0, title: "b" },
    ],
    "chapters: chapter 2: must begin after",
  ],
])("%j is refused, and changes nothing", async (chapters, message) => {
  const clip = await uploadWith(given);
  const { status, body } = await client.setChapters(clip.id, chapters);
  expect([status, body.error?.message]).toEqual([400, expect.stringContaining(message)]);
  expect(first(await client.call(`me/videoclips/${clip.id}`)).chapters).toEqual(shown);
});

it("chapters without a value are refused, and another account has no such clip", async () => {
  const clip = await uploadWith(given);
  const path = `me/videoclips/${clip.id}/chapters`;
  const { status, body } = await client.call(path, { method: "POST" });
  expect([status, body.error?.message]).toEqual([400, "chapters: missing."]);
  const other = new UploadClient(
    service,
    await signInAs(service, await service.accounts.createApp()),
  );
  for (const [sender, id] of [
    [other, clip.id],
    [client, "A".repeat(24)],
    [client, "x"],
  ] as const) {
    expect((await sender.setChapters(id, given)).status).toBe(404);
  }
});
