import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { privacyKey } from "../src/catalog/keys.js";
import type { AccountLimitsOptions } from "../src/index.js";
import { logOf } from "./keyless-service.js";
import { linkTo, startPrivate } from "./start-private.js";
import { openGround, type TestService } from "./start-test-service.js";
import { makeContent } from "./upload-client.js";

const minute = 60_000;

beforeEach(() => void vi.useFakeTimers({ toFake: ["setInterval", "clearInterval"] }));
afterEach(() => void vi.useRealTimers());

/** A private clip, and what services that are started on its store by other rules answer for it. */
async function openStarts(limits: AccountLimitsOptions = { accountLimits: { private: true } }) {
  const { service, client } = await startPrivate(limits, limits.accountLimits ?? {});
  const clip = await client.uploadAndSettle(makeContent(100));
  const { account } = client.session;
  const { pathname } = new URL(clip.url);
  const askAt = async ({ baseUrl }: TestService) =>
    (await fetch(new URL(`${pathname}/video`, baseUrl))).status;
  const start = async (other: AccountLimitsOptions = {}) => {
    const started = await startPrivate(
      { folder: service.folder, ...other },
      other.accountLimits ?? {},
    );
    return started.service;
  };
  const link = new URL((await linkTo(client, clip.id)).video_url ?? "");
  return { service, account, askAt, start, link };
}

const messages = (service: TestService) =>
  logOf(service)
    .map(({ msg }) => String(msg))
    .filter((text) => /private|public/.test(text));

it("what one service was told is private is so for one that was told nothing", async () => {
  const { askAt, start, link } = await openStarts();
  const other = await start();
  expect(await askAt(other)).toBe(404);
  expect((await fetch(new URL(link.pathname + link.search, other.baseUrl))).status).toBe(200);
  expect(messages(other)).toEqual([
    "all accounts stay private as recorded, which private: false lifts",
  ]);
});

it("a service that runs learns within a minute that an account has become private", async () => {
  const { account, askAt, start, service } = await openStarts({});
  expect(await askAt(service)).toBe(200);
  await start({ limitsByAccount: { [account]: { private: true } } });
  await vi.advanceTimersByTimeAsync(minute);
  await expect.poll(() => askAt(service)).toBe(404);
});

it("only what says so of the account itself lifts its privacy, and that is told", async () => {
  const { account, askAt, start } = await openStarts();
  await start({ limitsByAccount: { [account]: { private: true } } });
  const ofAll = await start({ accountLimits: { private: false } });
  expect(await askAt(ofAll)).toBe(404);
  expect(messages(ofAll)).toEqual([
    "accounts that are not named are public, although they were private until now",
    "accounts stay private as recorded, which private: false of each lifts",
  ]);
  const lifted = await start({ limitsByAccount: { [account]: { private: false } } });
  expect(await askAt(lifted)).toBe(200);
  expect(messages(lifted)).toEqual([
    "clips that were private are public, because the configuration says so",
  ]);
  expect(await askAt(await start())).toBe(200);
});

it("an exception from a rule for all is kept with that rule, and ends with it", async () => {
  const { account, askAt, start } = await openStarts({});
  const exception = { limitsByAccount: { [account]: { private: false } } };
  await start({ accountLimits: { private: true }, ...exception });
  expect(await askAt(await start())).toBe(200);
  await start({ accountLimits: { private: true } });
  expect(await askAt(await start())).toBe(404);
});

it("a record that is damaged makes every account private that nothing is said of", async () => {
  const { askAt, start, service } = await openStarts({});
  const { store } = await openGround(service.folder);
  await store.putObject(privacyKey, "{", { ifNoneMatch: "*" });
  expect(await askAt(await start())).toBe(404);
  expect(await askAt(await start({ accountLimits: { private: false } }))).toBe(200);
});

it("nothing is recorded where nothing was ever said", async () => {
  const { service } = await openStarts({});
  const { store } = await openGround(service.folder);
  expect(await store.headObject(privacyKey)).toBeNull();
});
