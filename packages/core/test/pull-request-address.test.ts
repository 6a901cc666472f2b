import { expect, it } from "vitest";
import { DirectUploadClient, parsePullRequest } from "../src/index.js";

const github = "https://github.com/octo/intro/pull/12";

it.each([
  [github, github],
  ["HTTPS://GitHub.com:443/Octo/Intro/pull/12/", github],
  ["https://github.com//octo/intro/pull/12", github],
  ["https://github.com/octo/intro/pulls/12", github],
  [
    "http://git.example.com:3000/sub/Octo/intro/pulls/3",
    "http://git.example.com:3000/sub/octo/intro/pull/3",
  ],
  ["https://gitlab.com/a/b/c/-/merge_requests/3/", "https://gitlab.com/a/b/c/-/merge_requests/3"],
])("%s is %s", (text, address) => {
  expect(parsePullRequest(text)?.address).toBe(address);
});

it.each([
  "12",
  "https://github.com/octo/pull/12",
  `${github}/files`,
  "https://github.com/octo/intro/pull/0",
])("%s is none", async (text) => {
  expect(parsePullRequest(text)).toBeNull();
  const keys = { appId: "app", appSecret: "secret" };
  await using client = new DirectUploadClient({ rootUrl: "http://127.0.0.1:9/v2.7", ...keys });
  const told = expect.objectContaining({
    code: "invalid_option",
    message: expect.stringContaining("not the address of a pull request, such as https://"),
  });
  await expect(client.reportPullRequest(text, "closed")).rejects.toEqual(told);
  await expect(client.upload(new Uint8Array(5), { keepFor: text })).rejects.toEqual(told);
});
