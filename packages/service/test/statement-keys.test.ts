import { compactVerify, createLocalJWKSet, type JSONWebKeySet } from "jose";
import { expect, it } from "vitest";
import { JsonObjects } from "../src/catalog/json-objects.js";
import { statementKeysKey } from "../src/catalog/keys.js";
import { StatementKeys } from "../src/evidence/statement-keys.js";
import { audience, startKeylessService } from "./keyless-service.js";
import { openGround, startTestService } from "./start-test-service.js";
import { fetchStatements, signInRun } from "./statement-service.js";
import { makeContent } from "./upload-client.js";

const day = 24 * 60 * 60 * 1000;

async function openKeys() {
  const { store } = await openGround((await startTestService()).folder);
  let time = Date.parse("2026-11-29T12:00:00Z");
  const open = () => {
    const objects = new JsonObjects(store, ({ key }) => expect.fail(key));
    return new StatementKeys(objects, () => time);
  };
  const readFile = async () => {
    const object = await store.getObject(statementKeysKey);
    return JSON.parse(await new Response(object?.body).text());
  };
  const wait = (days: number) => {
    time += days * day;
  };
  return { open, readFile, wait };
}

it("processes that start at once sign with one key", async () => {
  const { open } = await openKeys();
  const found = await Promise.all([1, 2, 3].map(() => open().findSigningKey()));
  expect(new Set(found.map(({ kid }) => kid)).size).toBe(1);
  expect((await open().listPublicKeys()).keys).toHaveLength(1);
});

it("another key signs after a year, and the one before stays published without its secret part", async () => {
  const { open, readFile, wait } = await openKeys();
  const first = await open().findSigningKey();
  wait(364);
  expect((await open().findSigningKey()).kid).toBe(first.kid);
  wait(1);
  const second = await open().findSigningKey();
  expect(second.kid).not.toBe(first.kid);
  const { keys } = await open().listPublicKeys();
  expect(keys.map(({ kid }) => kid)).toEqual([first.kid, second.kid]);
  expect(keys.every((key) => !("d" in key))).toBe(true);
  const stored = (await readFile()).keys;
  expect(stored.map(({ privateKey }: { privateKey: unknown }) => privateKey !== null)).toEqual([
    false,
    true,
  ]);
});

it("a statement of one service has no signature of another", async () => {
  const [one, other] = [
    await startKeylessService({ audience }, {}),
    await startKeylessService({ audience }, {}),
  ];
  const content = makeContent(100);
  const statements = [];
  for (const keyless of [one, other]) {
    const { url } = await (await signInRun(keyless)).uploadAndSettle(content);
    statements.push(...(await fetchStatements(url)).statements);
  }
  const address = `${other.service.baseUrl}.well-known/clipcourier/jwks.json`;
  const keys = createLocalJWKSet((await (await fetch(address)).json()) as JSONWebKeySet);
  const [ofOne = "", ofOther = ""] = statements;
  await expect(compactVerify(ofOther, keys)).resolves.toBeDefined();
  await expect(compactVerify(ofOne, keys)).rejects.toMatchObject({
    code: "ERR_JWKS_NO_MATCHING_KEY",
  });
});
