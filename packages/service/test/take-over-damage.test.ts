import { cp, mkdir, rename, writeFile } from "node:fs/promises";
import path from "node:path";
import { expect, it } from "vitest";
import { readOrCreateSecret } from "../src/auth/folder-secret.js";
import { fileKey } from "../src/catalog/keys.js";
import { ClipIds } from "../src/clips/clip-ids.js";
import { FolderStore } from "../src/index.js";
import { makeFolder, signIn, startTestService } from "./start-test-service.js";
import { first, makeContent, md5Hex, UploadClient } from "./upload-client.js";

it("a damaged clip of an earlier version is not lost when its take-over ends in the middle", async () => {
  const before = await startTestService();
  const session = await signIn(before);
  await before.close();
  const folder = await makeFolder();
  await cp(before.folder, folder, { recursive: true });
  const secret = await readOrCreateSecret(folder, false);
  const store = await FolderStore.open(folder, secret);
  const content = makeContent(1_000);
  const address = { account: session.account, asset: "videoclip", checksum: md5Hex(content) };
  const id = new ClipIds(secret).of(address);
  const place = path.join(folder, "objects", session.account, "videoclip", address.checksum);
  await mkdir(place, { recursive: true });
  await writeFile(path.join(place, "clip.json"), "");
  await mkdir(path.join(folder, "objects", "ids"));
  // The process before has moved the content, and has then ended.
  const target = store.localPath(fileKey(id, "taken-over", "content"));
  await writeFile(path.join(place, "content"), content);
  await mkdir(path.dirname(target), { recursive: true });
  await rename(path.join(place, "content"), target);
  const service = await startTestService({ folder });
  await service.settled();
  const clip = first(await new UploadClient(service, session).call(`me/videoclips/${id}`));
  expect(clip).toMatchObject({ status: "available", size: 1_000 });
});
