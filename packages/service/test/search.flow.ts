import { expect, it } from "vitest";
import { signIn, startTestService } from "./start-test-service.js";
import { makeContent, UploadClient } from "./upload-client.js";

interface Page {
  names: (string | null | undefined)[];
  next: string | undefined;
}

/** A service with clips of these names, the last the newest. */
async function startWith(names: string[]) {
  const service = await startTestService();
  const client = new UploadClient(service, await signIn(service));
  for (const name of names) {
    await client.upload(makeContent(9), `size=9&filename=${encodeURIComponent(name)}`);
  }
  const search = async (query: Record<string, string>): Promise<Page> => {
    const { status, text } = await client.call(`me/videoclips?${new URLSearchParams(query)}`);
    const { data, _next: next, ...meta } = JSON.parse(text);
    expect([status, meta]).toEqual([200, { _count: data.length, _page: 1 }]);
    return { names: data.map(({ filename }: { filename: string }) => filename), next };
  };
  return { client, search };
}

it("gives the clips with a text in their names, the newest first, whatever its case and accents", async () => {
  const { search } = await startWith(["Demo.mp4", "other.mp4", "a DEMO.mov", "vide\u0301o.mp4"]);
  expect(await search({ name: "demo" })).toEqual({
    names: ["a DEMO.mov", "Demo.mp4"],
    next: undefined,
  });
  expect((await search({ name: "VID\u00c9O" })).names).toEqual(["vide\u0301o.mp4"]);
  expect((await search({ name: "mp4" })).names).toHaveLength(3);
  expect((await search({ name: "nothing" })).names).toEqual([]);
});

it("goes on from _next, and gives each clip once", async () => {
  const names = Array.from(
    { length: 40 },
    (_, index) => `${index % 3 === 0 ? "yes" : "no"}-${index}`,
  );
  const { search } = await startWith(names);
  const found: Page["names"] = [];
  let next: string | undefined;
  do {
    const page = await search({
      name: "yes",
      count: "3",
      ...(next !== undefined && { after: next }),
    });
    expect(page.names.length).toBeLessThanOrEqual(3);
    found.push(...page.names);
    next = page.next;
  } while (next !== undefined);
  expect(found).toEqual(names.filter((name) => name.startsWith("yes")).toReversed());
});

it("looks at 200 clips at most, and says where it has got to", async () => {
  const names = ["first", "second", ...Array.from({ length: 199 }, (_, index) => `other-${index}`)];
  const { search } = await startWith(names);
  const { names: found, next } = await search({ name: "s" });
  expect(found).toEqual(["second"]);
  expect(next).toBeDefined();
  expect(await search({ name: "s", after: next ?? "" })).toEqual({
    names: ["first"],
    next: undefined,
  });
});

it("refuses a name without characters or with too many, and a page's number", async () => {
  const { client } = await startWith([]);
  const length = "name: empty, or longer than 255 characters.";
  for (const [query, message] of [
    ["name=", length],
    [`name=${"x".repeat(256)}`, length],
    ["name=x&page=2", "page: a search by name goes on from _next, with after."],
  ]) {
    const { status, body } = await client.call(`me/videoclips?${query}`);
    expect([status, body.error?.message]).toEqual([400, message]);
  }
});
