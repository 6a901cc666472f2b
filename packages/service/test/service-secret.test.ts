import { mkdir, readdir, stat, writeFile } from "node:fs/promises";
import path from "node:path";
import { expect, it } from "vitest";
import { readOrCreateSecret } from "../src/auth/folder-secret.js";
import { readOrCreateBucketSecret, secretKey } from "../src/auth/service-secret.js";
import type { ObjectStore } from "../src/store/object-store.js";
import { interceptStore } from "./intercept-store.js";
import { makeFolder, openGround } from "./start-test-service.js";

const place = "s3://clips/service.json";
const clip = "clips/AAAAAAAAAAAAAAAAAAAAAAAA.json";

/** A store without a service in it. */
async function openStore(): Promise<ObjectStore> {
  const { store } = await openGround(await makeFolder(), true);
  await store.deleteObjects([secretKey]);
  return store;
}

async function listKeys(store: ObjectStore): Promise<string[]> {
  return (await store.listObjects("")).objects.map(({ key }) => key);
}

it("the first start in a bucket makes a secret, which every later start gets", async () => {
  const store = await openStore();
  const secret = await readOrCreateBucketSecret(store, place, true);
  expect(secret).toMatch(/^[0-9a-f]{64}$/);
  await store.putObject(clip, "{}");
  expect(await readOrCreateBucketSecret(store, place, true)).toBe(secret);
  expect(await readOrCreateBucketSecret(store, place, false)).toBe(secret);
  expect(await readOrCreateBucketSecret(await openStore(), place, true)).not.toBe(secret);
});

it("services that start in a bucket at once get the secret of the first", async () => {
  const store = await openStore();
  const secrets = await Promise.all(
    Array.from({ length: 8 }, () => readOrCreateBucketSecret(store, place, true)),
  );
  expect(new Set(secrets).size).toBe(1);
  expect(await readOrCreateBucketSecret(store, place, false)).toBe(secrets[0]);
});

it("a bucket without a secret is refused, and left as it is, when the start may not create one", async () => {
  const store = await openStore();
  await expect(readOrCreateBucketSecret(store, place, false)).rejects.toThrow(
    `${place} is missing. Only a start that may create a service`,
  );
  expect(await listKeys(store)).toEqual([]);
});

it("a bucket with clips and without a secret is not given a new one", async () => {
  const store = await openStore();
  await store.putObject(clip, "{}");
  await expect(readOrCreateBucketSecret(store, place, true)).rejects.toThrow(
    `${place} is missing, and there are clips beside it`,
  );
  expect(await listKeys(store)).toEqual([clip]);
});

it("a clip of a service that has begun at the same moment is no reason to refuse", async () => {
  const store = await openStore();
  let made = "";
  const meanwhile = interceptStore(store, {
    listObjects: async (...request) => {
      made = await readOrCreateBucketSecret(store, place, true);
      await store.putObject(clip, "{}");
      return store.listObjects(...request);
    },
  });
  expect(await readOrCreateBucketSecret(meanwhile, place, true)).toBe(made);
});

it.each(["{", "null", '{"secret":7}', `{"secret":"${"x".repeat(31)}"}`])(
  "%s in a bucket is damage, and stays as it is",
  async (text) => {
    const store = await openStore();
    await store.putObject(secretKey, text);
    await expect(readOrCreateBucketSecret(store, place, true)).rejects.toThrow(
      `${place} is damaged`,
    );
    const object = await store.getObject(secretKey);
    expect(await new Response(object?.body).text()).toBe(text);
  },
);

it("a secret of 32 characters is long enough", async () => {
  const store = await openStore();
  const secret = "x".repeat(32);
  await store.putObject(secretKey, JSON.stringify({ secret }));
  expect(await readOrCreateBucketSecret(store, place, false)).toBe(secret);
});

it("services that start in a folder at once have one secret, and only the owner can read it", async () => {
  const folder = path.join(await makeFolder(), "new");
  const secrets = await Promise.all(
    Array.from({ length: 10 }, () => readOrCreateSecret(folder, true)),
  );
  expect(new Set(secrets).size).toBe(1);
  expect(secrets[0]).toMatch(/^[0-9a-f]{64}$/);
  const { mode } = await stat(path.join(folder, secretKey));
  if (process.platform !== "win32") expect(mode & 0o777).toBe(0o600);
});

it("a folder that is not there is refused, and not made, when the start may not create one", async () => {
  const folder = path.join(await makeFolder(), "new");
  await expect(readOrCreateSecret(folder, false)).rejects.toThrow(
    `Is the disk of ${folder} mounted?`,
  );
  await expect(stat(folder)).rejects.toThrow("ENOENT");
});

it.each(["objects", "uploads"])(
  "a folder with %s and without a secret is not given one",
  async (name) => {
    const folder = await makeFolder();
    await mkdir(path.join(folder, name));
    await expect(readOrCreateSecret(folder, true)).rejects.toThrow(`there is "${name}"`);
    expect(await readdir(folder)).toEqual([name]);
  },
);

it("a folder with a stranger's files is given a secret", async () => {
  const folder = await makeFolder();
  await writeFile(path.join(folder, "notes.txt"), "");
  const secret = await readOrCreateSecret(folder, true);
  expect(await readOrCreateSecret(folder, false)).toBe(secret);
});

it("a secret that cannot be read is no missing one", async () => {
  const folder = await makeFolder();
  await mkdir(path.join(folder, secretKey));
  await expect(readOrCreateSecret(folder, true)).rejects.toThrow("EISDIR");
  const file = path.join(folder, "file");
  await writeFile(file, "");
  await expect(readOrCreateSecret(file, true)).rejects.toThrow("ENOTDIR");
});
