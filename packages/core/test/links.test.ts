import { expect, it } from "vitest";
import { clip, startService, wireClip } from "./client-service.js";
import { answerJson } from "./http-server.js";

const expires_on = "2026-12-07T12:00:00.000Z";
const url = `${wireClip.url}?expires=1&signature=abc`;

it("asks for a link, and gives the clip with its addresses and their end", async () => {
  const row = { ...wireClip, url, private: true, placeholder_url: "https://a/p.svg", expires_on };
  await using service = await startService({ data: [row] });
  expect(await service.client.createLink("c1", { expiresIn: 90_500 })).toEqual({
    ...{ ...clip, url, isPrivate: true, placeholderUrl: "https://a/p.svg", expiresOn: expires_on },
  });
  expect(service.seen).toMatchObject([
    { method: "POST", path: "/v2.7/me/videoclips/c1/link", body: "expires_in=90" },
  ]);
});

it("leaves the time to the service where none is given", async () => {
  await using service = await startService({ data: [wireClip] });
  expect(await service.client.createLink("c1")).toEqual({ ...clip, expiresOn: null });
  expect(service.seen).toMatchObject([{ body: "" }]);
});

it("a private clip is told apart from others", async () => {
  await using service = await startService({ data: [{ ...wireClip, private: true }] });
  expect(await service.client.getClip("c1")).toEqual({ ...clip, isPrivate: true });
  await using other = await startService({ data: [{ ...wireClip, private: false }] });
  expect(await other.client.getClip("c1")).toEqual(clip);
});

it.each([0, -1, Number.NaN, Number.POSITIVE_INFINITY])(
  "expiresIn: %d is refused",
  async (expiresIn) => {
    await using service = await startService({ data: [wireClip] });
    const asking = service.client.createLink("c1", { expiresIn });
    await expect(asking).rejects.toMatchObject({ code: "invalid_option" });
    await expect(asking).rejects.toThrow("expiresIn");
    expect(service.seen).toEqual([]);
  },
);

/** A service that does not know the call. */
function startWithout(status: number, row: object | null) {
  return startService((request: { method?: string }, response: never) => {
    const message = "There is nothing here.";
    if (request.method === "POST") answerJson(response, { error: { message }, status }, status);
    else if (row) answerJson(response, { data: [row] });
    else answerJson(response, { error: { message: "No such clip." }, status: 404 }, 404);
  });
}

it.each([404, 405])(
  "a service that answers %i knows no links: a clip's own addresses are",
  async (status) => {
    await using service = await startWithout(status, wireClip);
    expect(await service.client.createLink("c1")).toEqual({ ...clip, expiresOn: null });
  },
);

it("a clip that is not there, or private without links, is an error", async () => {
  await using without = await startWithout(404, null);
  await expect(without.client.createLink("c1")).rejects.toMatchObject({ code: "not_found" });
  await using odd = await startWithout(404, { ...wireClip, private: true });
  await expect(odd.client.createLink("c1")).rejects.toThrow(
    "Asking for a link to clip c1 was answered with 404: There is nothing here.",
  );
});

it("a time that the service refuses is an error with its words", async () => {
  const error = { message: "expires_in: not a whole number of seconds from 1 to 2592000." };
  await using service = await startService({ error, status: 400 }, 400);
  await expect(service.client.createLink("c1", { expiresIn: 1e12 })).rejects.toMatchObject({
    code: "rejected",
    message: expect.stringContaining("from 1 to 2592000"),
  });
});
