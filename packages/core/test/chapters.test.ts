import { expect, it } from "vitest";
import type { UploadOptions } from "../src/index.js";
import { clip, startService, wireClip } from "./client-service.js";
import { answerJson } from "./http-server.js";

const chapters = [
  { start: 0, title: "Sign in" },
  { start: 4.5, end: 9, title: "Pay" },
];
const wire = [
  { start: 0, end: 4.5, title: "Sign in" },
  { start: 4.5, end: null, title: "Pay" },
];
const chapters_url = `${wireClip.url}/chapters.vtt`;

/** A service that has the content already, and answers the call with chapters as it is told. */
function startKnowing(answer: { status: number; row?: object }) {
  return startService((request: { url?: string }, response: never) => {
    if (request.url?.endsWith("/chapters")) {
      const { status, row } = answer;
      const error = { error: { message: "chapters: too many." }, status };
      answerJson(response, row ? { data: [row] } : error, status);
    } else if (request.url?.includes("directupload")) {
      answerJson(response, { _upload: false, data: [wireClip] });
    } else answerJson(response, { data: [wireClip] });
  });
}

const content = Buffer.from("a video");

it("chapters are sent for content that is known, too, and are the clip's", async () => {
  const row = { ...wireClip, chapters: wire, chapters_url };
  await using service = await startKnowing({ status: 200, row });
  const { clip: got, outcome } = await service.client.upload(content, { chapters });
  expect(outcome).toBe("known");
  expect(got).toEqual({
    ...{ ...clip, chaptersUrl: chapters_url },
    chapters: [wire[0], { start: 4.5, title: "Pay" }],
  });
  const call = service.seen.find(({ method }) => method === "POST");
  expect(call?.path).toBe("/v2.7/me/videoclips/c1/chapters");
  expect(JSON.parse(new URLSearchParams(call?.body).get("chapters") ?? "")).toEqual(chapters);
});

it("without chapters nothing is sent, so that the clip keeps those that it has", async () => {
  await using service = await startKnowing({ status: 200, row: wireClip });
  await service.client.upload(content);
  expect(service.seen.filter(({ method }) => method === "POST")).toEqual([]);
});

it.each([404, 405])("of a service that answers %i, the clip has none", async (status) => {
  await using service = await startKnowing({ status });
  expect((await service.client.upload(content, { chapters })).clip).toEqual(clip);
});

it("chapters that a service refuses are an error with its words, and with the clip", async () => {
  await using service = await startKnowing({ status: 400 });
  await expect(service.client.upload(content, { chapters })).rejects.toMatchObject({
    code: "rejected",
    message: expect.stringContaining(
      "chapters of clip c1 was answered with 400: chapters: too many.",
    ),
    upload: { clip },
  });
});

it("an answer with other things for chapters is no error", async () => {
  await using service = await startKnowing({ status: 200, row: { ...wireClip, chapters: ["a"] } });
  expect((await service.client.upload(content, { chapters })).clip).toEqual(clip);
});

const many = Array.from({ length: 201 }, (_, start) => ({ start, title: "a" }));

it.each<[unknown, string]>([
  ["a text", "must be a list of chapters, each with a start and a title"],
  [["Sign in"], "chapter 1: needs a start and a title"],
  [[{ title: "a" }], "chapter 1: needs a start and a title"],
  [[{ start: "0", title: "a" }], "chapter 1: the start must be a number of seconds"],
  [[{ start: Number.NaN, title: "a" }], "chapter 1: the start must be a number of seconds"],
  [[{ start: -1, title: "a" }], "chapter 1: the start must be 0 or more"],
  [[{ start: Infinity, title: "a" }], "chapter 1: the start must be a number of seconds"],
  [[{ start: 0, title: " " }], "chapter 1: the title must not be empty"],
  [[{ start: 0, title: "a\nb" }], "chapter 1: the title must be one line"],
  [[{ start: 0, title: "\ud800" }], "chapter 1: the title must be valid Unicode"],
  [[{ start: 0, title: "a".repeat(201) }], "chapter 1: the title must have at most 200 characters"],
  [[{ start: 0, end: null, title: "a" }], "chapter 1: the end must be a number of seconds"],
  [[chapters[0], { start: 0.0001, title: "b" }], "chapter 2: must begin after chapter 1"],
  [[chapters[1], { start: 8, title: "b" }], "chapter 2: must not begin before chapter 1 ends"],
  [many, "there must be at most 200, and not 201"],
])("%j are refused before anything is sent", async (given, problem) => {
  await using service = await startKnowing({ status: 200, row: wireClip });
  const uploading = service.client.upload(content, { chapters: given } as UploadOptions);
  await expect(uploading).rejects.toMatchObject({
    code: "invalid_option",
    message: expect.stringContaining(`chapters: ${problem}`),
  });
  expect(service.seen).toEqual([]);
});
