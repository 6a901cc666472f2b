import { execFileSync } from "node:child_process";
import { renameSync } from "node:fs";
import { mkdir, rm, symlink, writeFile } from "node:fs/promises";
import path from "node:path";
import { setImmediate as nextTurn } from "node:timers/promises";
import { expect, test } from "vitest";
import { type FileRules, openVideo } from "../src/mcp/open-video.js";
import { type McpOptions, startMcp, textOf } from "./mcp-client.js";
import { makeFolder } from "./run-cli.js";
import { startTestService } from "./start-service.js";

/** A server in a folder with videos and others, beside a folder that is none of its business. */
async function start(options: Partial<McpOptions> = {}) {
  const { env } = await startTestService();
  const [root, outside] = [await makeFolder(), await makeFolder()];
  await mkdir(path.join(root, ".cache"));
  await mkdir(path.join(root, "out", "folder.mp4"), { recursive: true });
  const files = ["a.mp4", "out/b.WEBM", "notes.txt", "id_rsa", ".cache/c.mp4", ".d.mp4"];
  for (const file of files) await writeFile(path.join(root, file), `in ${file}`);
  await writeFile(path.join(root, "empty.mp4"), "");
  for (const file of ["secret.mp4", "id_rsa"]) await writeFile(path.join(outside, file), file);
  const mcp = await startMcp({ cwd: root, env, ...options });
  return { ...mcp, root, outside };
}

test("files below the folder are uploaded, wherever they are in it", async () => {
  const { upload, root } = await start();
  for (const file of ["a.mp4", "out/b.WEBM", "./out/../a.mp4", path.join(root, "a.mp4")]) {
    expect(await upload({ path: file })).not.toHaveProperty("isError");
  }
});

test("nothing outside of the folder is read, and no answer tells what is there", async () => {
  const { upload, outside } = await start();
  const name = path.basename(outside);
  for (const file of ["secret.mp4", "no-such-file.mp4"]) {
    for (const given of [
      path.join(outside, file),
      `../${name}/${file}`,
      `out/../../${name}/${file}`,
    ]) {
      const { isError, ...result } = await upload({ path: given });
      expect(isError).toBe(true);
      expect(textOf(result)).toContain(`${given} was not uploaded: it is outside of `);
    }
  }
});

test.skipIf(process.platform === "win32")("a link leads out of no folder", async () => {
  const { upload, root, outside } = await start();
  await symlink(path.join(outside, "secret.mp4"), path.join(root, "link.mp4"));
  await symlink(outside, path.join(root, "elsewhere"));
  await symlink(path.join(root, "id_rsa"), path.join(root, "key.mp4"));
  await symlink(path.join(root, ".cache", "c.mp4"), path.join(root, "shown.mp4"));
  await symlink(path.join(root, "out"), path.join(root, "inside"));
  const reasons = {
    "link.mp4": "it is outside of",
    "elsewhere/secret.mp4": "it is outside of",
    "key.mp4": "only videos are: .mp4,",
    "shown.mp4": "a name in its path begins with a dot",
  };
  for (const [file, reason] of Object.entries(reasons)) {
    expect(textOf(await upload({ path: file }))).toContain(`${file} was not uploaded: ${reason}`);
  }
  expect(await upload({ path: "inside/b.WEBM" })).not.toHaveProperty("isError");
});

/** Two folders with a video each, and a name that leads to one or the other. */
async function prepareSwap() {
  const [root, outside] = [await makeFolder(), await makeFolder()];
  const at = (name: string) => path.join(root, name);
  await mkdir(at("real"));
  await writeFile(at("real/a.mp4"), "inside");
  await writeFile(path.join(outside, "a.mp4"), "secret");
  await symlink(outside, at("link"));
  let used = "real";
  renameSync(at(used), at("used"));
  const swap = () => {
    renameSync(at("used"), at(used));
    used = used === "real" ? "link" : "real";
    renameSync(at(used), at("used"));
  };
  const folders: FileRules["folders"] = [{ named: root, real: root }];
  return { swap, rules: { folders, includeHiddenFiles: false, maxSize: 1_000 } };
}

test.skipIf(process.platform === "win32")(
  "a folder that is swapped for a link meanwhile leads nowhere else",
  async () => {
    const { swap, rules } = await prepareSwap();
    const read: string[] = [];
    let refused = 0;
    while (read.length < 100 || refused < 1_000) {
      const opening = openVideo("used/a.mp4", rules, undefined);
      let isOpening = true;
      const attempt = opening
        .then(async (video) => {
          await using open = video;
          read.push(String(await open.source.read(0, open.size)));
        })
        .catch(() => {
          refused += 1;
        })
        .finally(() => {
          isOpening = false;
        });
      while (isOpening) {
        swap();
        await nextTurn();
      }
      await attempt;
    }
    expect(new Set(read)).toEqual(new Set(["inside"]));
  },
);

test("what is hidden, no video, no file, empty or too large is refused with its reason", async () => {
  const { upload, root } = await start({ args: ["--max-size", "10"] });
  const reasons: Record<string, string> = {
    ".d.mp4": "a name in its path begins with a dot",
    ".cache/c.mp4": "a name in its path begins with a dot",
    "notes.txt": "only videos are: .mp4, .m4v, .mov, .avi, .webm, .mkv.",
    id_rsa: "only videos are",
    "out/folder.mp4": "it is not a file",
    out: "only videos are",
    ".": "it is outside of",
    "empty.mp4": "empty",
    "none.mp4": "there is no such file",
    "out/b.WEBM": "it has 13 bytes, and --max-size allows 10 bytes",
  };
  if (process.platform !== "win32") {
    execFileSync("mkfifo", [path.join(root, "pipe.mp4")]);
    reasons["pipe.mp4"] = "it is not a file";
  }
  for (const [file, reason] of Object.entries(reasons)) {
    const { isError, ...result } = await upload({ path: file });
    expect([file, isError, textOf(result)]).toEqual([file, true, expect.stringContaining(reason)]);
  }
});

test("hidden files are taken where that is allowed", async () => {
  const { upload } = await start({ args: ["--include-hidden-files"] });
  for (const file of [".d.mp4", ".cache/c.mp4"]) {
    expect(await upload({ path: file })).not.toHaveProperty("isError");
  }
});

test("several folders: a relative path begins at the first", async () => {
  const [one, two] = [await makeFolder(), await makeFolder()];
  for (const folder of [one, two]) await writeFile(path.join(folder, "a.mp4"), folder);
  await writeFile(path.join(two, "b.mp4"), "b");
  const { upload, root } = await start({ args: ["--root", one, "--root", two] });
  expect((await upload({ path: "a.mp4" })).structuredContent).toMatchObject({
    clip: { size: one.length },
  });
  expect(await upload({ path: path.join(two, "b.mp4") })).not.toHaveProperty("isError");
  for (const file of ["b.mp4", path.join(root, "a.mp4")]) {
    expect(await upload({ path: file })).toMatchObject({ isError: true });
  }
});

test.each([false, true])(
  "the folders of the client narrow what is allowed (modern: %s)",
  async (isModern) => {
    const [root, other] = [await makeFolder(), await makeFolder()];
    await mkdir(path.join(root, "open"));
    for (const file of ["a.mp4", "open/b.mp4"]) await writeFile(path.join(root, file), file);
    await writeFile(path.join(other, "c.mp4"), "c");
    const { env } = await startTestService();
    const openFolders = [path.join(root, "open"), other];
    const { upload } = await startMcp({ cwd: root, env, openFolders, isModern });
    expect(await upload({ path: "open/b.mp4" })).not.toHaveProperty("isError");
    expect(textOf(await upload({ path: "a.mp4" }))).toContain("none of the folders that are open");
    expect(textOf(await upload({ path: path.join(other, "c.mp4") }))).toContain("it is outside of");
  },
);

test("a client that has no folder open narrows nothing", async () => {
  const { upload } = await start({ openFolders: [] });
  expect(await upload({ path: "a.mp4" })).not.toHaveProperty("isError");
});

test("a file that is gone before it is sent is no crash", async () => {
  const { upload, root } = await start();
  await rm(path.join(root, "a.mp4"));
  expect(textOf(await upload({ path: "a.mp4" }))).toContain("there is no such file");
  expect(await upload({ path: "out/b.WEBM" })).not.toHaveProperty("isError");
});
