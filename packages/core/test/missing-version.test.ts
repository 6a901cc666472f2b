import { describe, expect, test } from "vitest";
import type { Transport, TransportAnswer, TransportRequest } from "../src/http/transport.js";
import { explainMissingVersion, lacksVersion } from "../src/protocol/missing-version.js";

test.each([
  ["https://clips.example.com/v2.7/", false],
  ["https://clips.example.com/below/v3/", false],
  ["https://clips.example.com/", true],
  ["https://clips.example.com/version/", true],
  ["https://clips.example.com/v2.7/me/", true],
])("%s: whether it lacks a version is %j", (url, expected) => {
  expect(lacksVersion(new URL(url))).toBe(expected);
});

describe("a URL without a version", () => {
  const refusal = JSON.stringify({ error: { message: "X-Api-Key is missing." }, status: 401 });
  const asked: TransportRequest[] = [];

  /** What is said where something answers at one URL alone. */
  function explain(rootUrl: string, place: string, answer: Partial<TransportAnswer>) {
    asked.length = 0;
    const transport: Transport = {
      async send(request) {
        asked.push(request);
        if (request.url !== place) throw new Error("Nothing is there.");
        return { status: 401, headers: {}, body: refusal, ...answer };
      },
    };
    return explainMissingVersion(new URL(rootUrl), transport, new AbortController().signal);
  }

  test.each([
    ["below it", "https://clips.example.com/under/v2.7/"],
    ["at the root of its host", "https://clips.example.com/v2.7/"],
  ])("is told with the service that answers %s", async (_, found) => {
    for (const status of [400, 401]) {
      const said = await explain("https://clips.example.com/under/", `${found}me/videoclips`, {
        status,
      });
      expect(said).toBe(
        `The URL lacks the version: the service answers at ${found}, so give that.`,
      );
    }
    expect(asked.every(({ method }) => method === "GET")).toBe(true);
    expect(asked[0]?.headers).toEqual({ accept: "application/json" });
  });

  test.each([
    ["another status", { status: 404 }],
    ["what is no JSON", { body: "<html>" }],
    ["other JSON", { body: "{}" }],
  ])("is not told with one that answers with %s", async (_, answer) => {
    const place = "https://clips.example.com/v2.7/me/videoclips";
    expect(await explain("https://clips.example.com/", place, answer)).toBe(
      "Check the URL: it ends with the service's version, as in https://clips.example.com/v2.7/.",
    );
    // Below it and at the root are one place here.
    expect(asked.map(({ url }) => url)).toEqual([place]);
  });
});
