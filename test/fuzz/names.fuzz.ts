import { randomBytes } from "node:crypto";
import { toPrintable, type UploadRecord } from "@clipcourier/batch";
import { buildMarkdown } from "@clipcourier/report";
import fc from "fast-check";
import markdownIt from "markdown-it";
import { type DefaultTreeAdapterMap, parse, parseFragment } from "parse5";
import { expect, test } from "vitest";
import { startTestService } from "../start-service.ts";
import { fuzz, hostileText } from "./cases.ts";

type Node = DefaultTreeAdapterMap["node"];

/** The elements and the names of their attributes: what a text must not change. */
function skeleton(node: Node): string {
  const name = "tagName" in node ? node.tagName : node.nodeName === "#text" ? "" : node.nodeName;
  const attributes = "attrs" in node ? node.attrs.map(({ name }) => name).join(" ") : "";
  const children = "childNodes" in node ? node.childNodes.map(skeleton).join("") : "";
  return name === "" ? "" : `<${name} ${attributes}>${children}</>`;
}

/** Names that the protocol takes; others are refused at the plan. */
const names = hostileText
  .map((text) => text.toWellFormed().replace(/\p{Cc}/gu, ""))
  .filter((text) => text !== "" && Buffer.byteLength(text) <= 250);

/** Names of files on a disk, and messages of a service. An empty one has no cell of its own. */
const anyText = hostileText.filter((text) => text.trim() !== "");

test("no name of a file becomes a part of the pages", async () => {
  const service = await startTestService();
  const client = service.connect();
  const look = async (filename: string) => {
    const { clip } = await client.upload(randomBytes(20), { filename });
    const pages = await Promise.all(
      ["", "/embed"].map(async (place) => (await fetch(clip.url + place)).text()),
    );
    const answer = await fetch(clip.downloadUrl ?? "");
    await answer.arrayBuffer();
    const disposition = answer.headers.get("content-disposition");
    expect(disposition).toMatch(/^attachment/);
    return pages.map((page) => skeleton(parse(page)));
  };
  const expected = await look("plain.mp4");
  // Each case is an upload.
  await fuzz(0.02, names, async (name) => {
    expect(await look(`${name}.mp4`)).toEqual(expected);
  });
});

const clip = {
  ...{ id: "A".repeat(24), url: "https://clips.example.com/c/A", status: "available" as const },
  ...{ thumbnail: "https://clips.example.com/c/A/t.jpg", preview: null, md5: "0".repeat(32) },
  ...{ duration: 1, width: 640, height: 360, size: 100, bytesSent: 100, bytesReused: 0 },
  ...{ attempts: 1, milliseconds: 5 },
};

/** A row of a clip, and one of a file that failed. */
function recordsOf(file: string, text: string): UploadRecord[] {
  const failed = { ...clip, id: null, url: null, thumbnail: null, status: null };
  return [
    {
      ...clip,
      file,
      job: text,
      outcome: "uploaded",
      plays: "rendition",
      notes: [text],
      error: null,
    },
    {
      ...failed,
      file,
      outcome: "failed",
      plays: null,
      notes: [],
      error: { code: "x", message: text },
    },
  ];
}

test("no name and no message becomes a part of a comment", async () => {
  const markdown = markdownIt({ html: true, linkify: true });
  const show = (file: string, text: string) =>
    skeleton(parseFragment(markdown.render(buildMarkdown(recordsOf(file, text)))));
  const expected = show("plain.mp4", "plain");
  expect(expected).toContain("<img");
  await fuzz(0.1, fc.tuple(anyText, anyText), ([file, text]) => {
    expect(show(file, text)).toBe(expected);
  });
});

test("no name becomes a command of a terminal", async () => {
  // Control characters, and those that turn the direction of writing.
  const commands = /[\p{Cc}\u200e\u200f\u202a-\u202e\u2066-\u2069]/u;
  await fuzz(0.03, anyText, (text) => {
    expect(toPrintable(text)).not.toMatch(commands);
  });
});
