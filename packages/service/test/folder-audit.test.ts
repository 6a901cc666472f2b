import { rm, symlink } from "node:fs/promises";
import path from "node:path";
import { expect, it } from "vitest";
import { startAudited } from "./start-audited.js";
import { listKeys } from "./start-test-service.js";
import { makeContent } from "./upload-client.js";

it("says that a clip is deleted although its files cannot be", async () => {
  const { service, client, read } = await startAudited();
  const { id } = await client.uploadAndSettle(makeContent(100));
  const keys = await listKeys(service, `clips/${id}/`);
  const key = keys.find((one) => one.endsWith("/content")) ?? "";
  const folder = path.dirname(path.join(service.folder, "objects", ...key.split("/")));
  await rm(folder, { recursive: true });
  // A link to itself leads nowhere: nothing below it can be deleted.
  await symlink(path.basename(folder), folder);
  const { status } = await client.call(`me/videoclips/${id}`, { method: "DELETE" });
  expect(status).toBeGreaterThanOrEqual(500);
  expect((await client.call(`me/videoclips/${id}`)).status).toBe(404);
  const deletions = read().filter(({ method }) => method === "DELETE");
  expect(deletions).toMatchObject([{ clip: id, status, deleted: true }]);
});
