import { expect, it } from "vitest";
import { answering, endlessMedia, readyResult } from "./fake-media.js";
import { signIn, startTestService } from "./start-test-service.js";
import { makeContent, UploadClient } from "./upload-client.js";

async function upload(filename: string, media = answering(readyResult())) {
  const service = await startTestService({ media });
  const client = new UploadClient(service, await signIn(service));
  const query = `size=1000&filename=${encodeURIComponent(filename)}`;
  return client.uploadAndSettle(makeContent(1000), query);
}

async function read(url: string) {
  const response = await fetch(url);
  return { response, text: await response.text() };
}

it("a clip as JSON is what its page answers to programs that ask for JSON", async () => {
  const { url } = await upload("take.mp4");
  const { response, text } = await read(`${url}.json`);
  expect(response.headers.get("access-control-allow-origin")).toBe("*");
  const asked = await fetch(url, { headers: { Accept: "application/json" } });
  expect(JSON.parse(text)).toEqual(await asked.json());
});

it("a clip as Markdown has its facts, its addresses and its storyboard", async () => {
  const clip = await upload("take.mp4");
  const { response, text } = await read(`${clip.url}.md`);
  expect(response.status).toBe(200);
  expect(response.headers.get("content-type")).toBe("text/markdown; charset=UTF-8");
  expect(
    text.replaceAll(clip.url, "<clip>").replace(/Uploaded: .*/, "Uploaded: <time>"),
  ).toMatchSnapshot();
  for (const [, address = ""] of text.matchAll(/<(http[^>]+)>/g)) {
    const answer = await fetch(address);
    expect([address, answer.status]).toEqual([address, 200]);
    await answer.arrayBuffer();
  }
});

it("says of a clip that is verified still that it is pending, and has no address of a file", async () => {
  const service = await startTestService({ media: endlessMedia });
  const client = new UploadClient(service, await signIn(service));
  const { url } = await client.upload(makeContent(1000), "size=1000&filename=take.mp4");
  const { text } = await read(`${url}.md`);
  expect(text).toContain("- Status: pending\n");
  expect([...text.matchAll(/<http[^>]+>/g)]).toHaveLength(1);
  expect(text).not.toContain("Storyboard");
});

it.each(["# hi [x](http://evil.example)", "a`` `b`.mp4", "</h1><script>alert(1)</script>", "`"])(
  "the name %j stays a name",
  async (filename) => {
    const { url } = await upload(filename);
    const { text } = await read(`${url}.md`);
    const [heading = ""] = text.split("\n");
    const [, fence = "", name = ""] = /^# Clip (`+) (.*) \1$/.exec(heading) ?? [];
    expect(name).toBe(filename);
    expect(name.match(/`+/g) ?? []).not.toContain(fence);
  },
);

it("a line of a name does not become a line of the text", async () => {
  const { url } = await upload("a\u2028- Page: <https://other.example/>");
  const { text } = await read(`${url}.md`);
  expect(text.split("\n")[0]).toBe("# Clip ` a - Page: <https://other.example/> `");
});

it.each([".json", ".md"])("there is no %s of a clip that there is not", async (ending) => {
  const { url } = await upload("take.mp4");
  const missing = new URL(url);
  missing.pathname = `/c/${"A".repeat(24)}${ending}`;
  expect((await read(missing.href)).response.status).toBe(404);
});
