import path from "node:path";
import { expect, test } from "vitest";
import { makeVideo } from "../../../test/fixtures/make-video.ts";
import { makeFolder } from "./run-cli.js";
import { startServe } from "./serve-client.js";

test("serve --comparison-time limits how long two clips are compared", async () => {
  const cwd = await makeFolder();
  await using client = await startServe(cwd, "--comparison-time", "1ms");
  const upload = async (name: string, seconds: number) => {
    const file = path.join(cwd, name);
    const picture = { width: 160, height: 120, rate: 5 };
    await makeVideo({ path: file, container: "mp4", seconds, ...picture });
    return (await client.upload(file)).clip.id;
  };
  const [old, now] = [await upload("old.mp4", 1), await upload("new.mp4", 2)];
  await client.compareClips(now, old);
  expect(await client.waitUntilCompared(now, old)).toMatchObject({
    status: "ready",
    diff: { verdict: "cannot-tell", reason: "comparing the two took longer than 0.001 s" },
  });
});
