import { execFileSync } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { expect, it, onTestFinished } from "vitest";
import { signIn, startTestService } from "./start-test-service.js";
import { first, makeContent, md5Hex, partOf, putPart, UploadClient } from "./upload-client.js";

const MiB = 2 ** 20;

// A disk of its own is mounted, so this file needs root.
it("a disk without room for a file says so at its plan, and has room after an upload is dropped", async () => {
  const service = await startTestService({ folder: await mountDisk("32m") });
  const client = new UploadClient(service, await signIn(service));
  const large = makeContent(40 * MiB);
  const refused = await client.plan(large);
  expect(refused.status).toBe(507);
  const [, missing] = /(\d+) bytes are missing/.exec(refused.body.error?.message ?? "") ?? [];
  expect(Number(missing)).toBeGreaterThan(8 * MiB);
  expect(Number(missing)).toBeLessThan(9 * MiB);

  // Both have room when they are announced, and only one of them when its parts come.
  const [one, other] = [makeContent(20 * MiB), makeContent(20 * MiB)];
  const [onePlan, otherPlan] = [first(await client.plan(one)), first(await client.plan(other))];
  const uploads = await client.sendParts(onePlan, one);
  const answers = await Promise.all(
    otherPlan.urls.map(({ PartNumber, url }) => putPart(url, partOf(other, PartNumber))),
  );
  expect(answers.map(({ status }) => status)).toContain(507);
  expect(first(await client.finalize(one, uploads)).status).toBe("pending");
  await service.settled();
  expect((await client.plan(makeContent(20 * MiB))).status).toBe(507);
  const dropped = await client.call(`me/directupload/videoclip/${md5Hex(other)}/`, {
    method: "DELETE",
  });
  expect(dropped.status).toBe(200);
  expect((await client.uploadAndSettle(makeContent(5 * MiB))).status).toBe("available");
});

async function mountDisk(size: string): Promise<string> {
  const disk = await mkdtemp(path.join(tmpdir(), "clipcourier-disk-"));
  execFileSync("mount", ["-t", "tmpfs", "-o", `size=${size}`, "tmpfs", disk]);
  onTestFinished(async () => {
    execFileSync("umount", [disk]);
    await rm(disk, { recursive: true });
  });
  return path.join(disk, "store");
}
