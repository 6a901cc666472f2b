import { expect, test } from "vitest";
import { parsePullAddress } from "../src/forge/pull-address.js";

test.each([
  ["https://github.com/octo/intro/pull/7", "github", "https://api.github.com", "octo/intro"],
  [
    "https://github.com/octo/intro/pull/7/files#diff",
    "github",
    "https://api.github.com",
    "octo/intro",
  ],
  ["https://acme.ghe.com/octo/intro/pull/7", "github", "https://api.acme.ghe.com", "octo/intro"],
  ["https://git.acme.com/octo/intro/pull/7", "github", "https://git.acme.com/api/v3", "octo/intro"],
  [
    "https://gitlab.com/acme/video/intro/-/merge_requests/7",
    "gitlab",
    "https://gitlab.com/api/v4",
    "acme/video/intro",
  ],
  [
    "http://gitlab.local:8080/acme/intro/-/merge_requests/7/diffs?x=1",
    "gitlab",
    "http://gitlab.local:8080/api/v4",
    "acme/intro",
  ],
  ["https://codeberg.org/octo/intro/pulls/7", "gitea", "https://codeberg.org/api/v1", "octo/intro"],
  [
    "https://acme.com/git/octo/intro/pulls/7/commits",
    "gitea",
    "https://acme.com/git/api/v1",
    "octo/intro",
  ],
])("%s", (address, forge, api, path) => {
  expect(parsePullAddress(address)).toEqual({ forge, api, path, number: 7 });
});

test.each([
  "https://bitbucket.org/octo/intro/pull-requests/7",
  "https://github.com/octo/intro/issues/7",
  "https://github.com/octo/intro/pull/latest",
  "ssh://git@github.com/octo/intro/pull/7",
  "octo/intro/pull/7",
])("%s is none", (address) => {
  expect(parsePullAddress(address)).toBe(undefined);
});
