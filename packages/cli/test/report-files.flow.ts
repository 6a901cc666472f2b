import { chmod, copyFile, mkdir, readdir, readFile, stat, writeFile } from "node:fs/promises";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { Cli, type CliOptions, makeFolder, runCli } from "./run-cli.js";
import { forward, startServer, startTestService, toVariables } from "./start-service.js";

const report = fileURLToPath(new URL("../../report/test/junit/playwright.xml", import.meta.url));
const passed = "test-results/cart-cart-adds-an-item-chromium/video.webm";
const failed = "test-results/cart-cart-shows-the-total-✓-chromium/video.webm";
const flags = ["--output-file", "out/clips.json", "--markdown", "out/clips.md"];

/** A folder as Playwright leaves it, with other bytes in the videos. */
async function prepare(contents: Record<string, string> = { [passed]: "one", [failed]: "two" }) {
  const cwd = await makeFolder();
  for (const [file, content] of Object.entries(contents)) {
    await mkdir(path.join(cwd, path.dirname(file)), { recursive: true });
    await writeFile(path.join(cwd, file), content);
  }
  await mkdir(path.join(cwd, "reports"));
  await copyFile(report, path.join(cwd, "reports/junit.xml"));
  const read = (file: string) => readFile(path.join(cwd, file), "utf8");
  const upload = async (args: readonly string[], options: Partial<CliOptions> = {}) => {
    const { env } = await startTestService();
    return runCli(["upload", "test-results/**/*.webm", ...args], { cwd, env, ...options });
  };
  return { cwd, read, upload };
}

test("the clips are told as JSON, as Markdown and in the JUnit report of another tool", async () => {
  const { read, upload } = await prepare();
  const args = ["--json", ...flags, "--junit", "reports/*.xml"];
  const { code, stdout, stderr } = await upload(args);
  expect({ code, stderr }).toEqual({ code: 0, stderr: expect.not.stringContaining("not written") });
  const { clips } = JSON.parse(stdout);
  expect(JSON.parse(await read("out/clips.json"))).toEqual({ version: 1, clips });
  const markdown = await read("out/clips.md");
  const junit = await read("reports/junit.xml");
  for (const { url, file } of clips) {
    expect(markdown).toContain(`<a href="${url}">`);
    const [testcase] = junit
      .split("</testcase>")
      .filter((text) => text.includes(path.dirname(file)));
    expect(testcase).toContain(`<property name="clip" value="${url}"/>`);
    expect(testcase).toContain(`Clip of ${file}: ${url}\n`);
  }
  expect(clips).toHaveLength(2);
});

test("a file that failed is in the results, and the clips of the others are linked", async () => {
  const { read, upload } = await prepare({ [passed]: "one", [failed]: "" });
  const { code } = await upload([...flags, "--junit", "reports/junit.xml"]);
  expect(code).toBe(1);
  const { clips } = JSON.parse(await read("out/clips.json"));
  expect(clips).toMatchObject([{ outcome: "uploaded" }, { outcome: "failed", url: null }]);
  expect(await read("out/clips.md")).toContain("failed: <code>");
  expect((await read("reports/junit.xml")).match(/name="clip"/g)).toHaveLength(1);
});

test("an interrupted upload tells what it has", async () => {
  const { cwd, read } = await prepare({ [passed]: "one", [failed]: "second" });
  const service = await startTestService();
  let held = 0;
  const { rootUrl } = await startServer((incoming, outgoing) => {
    const isHeld = incoming.method === "PUT" && incoming.headers["content-length"] === "6";
    if (isHeld) held++;
    else forward(service.rootUrl, incoming, outgoing);
  });
  const args = ["upload", passed, failed, ...flags, "--junit", "reports/junit.xml"];
  const cli = new Cli(args, { cwd, env: toVariables({ ...service, rootUrl }) });
  await cli.waitFor(`${passed}: uploaded`);
  await expect.poll(() => held).toBe(1);
  cli.send("SIGINT");
  expect((await cli.end()).code).toBe(130);
  const { clips } = JSON.parse(await read("out/clips.json"));
  expect(clips).toMatchObject([{ outcome: "uploaded" }, { outcome: "skipped", url: null }]);
  expect(await read("out/clips.md")).toContain(clips[0].url);
  expect((await read("reports/junit.xml")).match(/name="clip"/g)).toHaveLength(1);
});

test("each that cannot be written fails by itself", async () => {
  const { cwd, read, upload } = await prepare();
  await writeFile(path.join(cwd, "reports/damaged.xml"), "<testsuite>");
  await mkdir(path.join(cwd, "folder"));
  const { code, stdout, stderr } = await upload([
    ...["--output-file", "folder", "--markdown", "reports/junit.xml/clips.md"],
    ...["--junit", "missing/*.xml", "--junit", "reports/*.xml"],
  ]);
  expect(code).toBe(1);
  expect(stdout).toContain(`${passed}: uploaded`);
  expect(stderr).toContain("--output-file: folder was not written: ");
  expect(stderr).toContain("--markdown: reports/junit.xml/clips.md was not written: ");
  expect(stderr).toContain("--junit: missing/*.xml matches no file.");
  expect(stderr).toContain("--junit: reports/damaged.xml is damaged: Missing end tag");
  expect(await read("reports/damaged.xml")).toBe("<testsuite>");
  expect((await read("reports/junit.xml")).match(/name="clip"/g)).toHaveLength(2);
  expect(await readdir(path.join(cwd, "reports"))).toEqual(["damaged.xml", "junit.xml"]);
});

// As root, which may write everywhere, without that right.
test.skipIf(process.getuid?.() !== 0)(
  "a report in a folder that may not be written to is told",
  async () => {
    const { cwd, read, upload } = await prepare();
    const before = await read("reports/junit.xml");
    await chmod(path.join(cwd, "reports"), 0o555);
    const { code, stderr } = await upload(["--junit", "reports/junit.xml"], { uid: 0 });
    expect(code).toBe(1);
    expect(stderr).toContain("--junit: reports/junit.xml could not be written: EACCES");
    expect(await read("reports/junit.xml")).toBe(before);
  },
);

test.skipIf(process.platform === "win32")("a report keeps its mode", async () => {
  const { cwd, upload } = await prepare();
  await chmod(path.join(cwd, "reports/junit.xml"), 0o664);
  await upload(["--junit", "reports/junit.xml"]);
  expect((await stat(path.join(cwd, "reports/junit.xml"))).mode & 0o777).toBe(0o664);
});

test("without files nothing is written, unless that is to be told, too", async () => {
  const { cwd, read, upload } = await prepare({});
  const strict = await upload(flags);
  expect(strict).toMatchObject({ code: 2, stdout: "" });
  expect(await readdir(cwd)).toEqual(["reports"]);

  const { code, stdout, stderr } = await upload([
    ...flags,
    "--if-no-files-found",
    "ignore",
    "--json",
  ]);
  expect(code).toBe(0);
  expect(stderr).toContain("There is nothing to upload.");
  expect(JSON.parse(stdout)).toEqual({ clips: [], failed: 0 });
  expect(JSON.parse(await read("out/clips.json"))).toEqual({ version: 1, clips: [] });
  expect(await read("out/clips.md")).toBe("\n");
});
