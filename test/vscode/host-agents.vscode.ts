import { mkdtemp, rename, rm, symlink } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { type Fault, forward, relay } from "../faults/exchange.ts";
import { Gate, holdAt } from "../faults/gate.ts";
import { makePhoto } from "../fixtures/make-photo.ts";
import { useExtensionHost } from "./extension-host.ts";
import { startFrontedService } from "./fronted-service.ts";
import { takePicture } from "./stage.ts";
import { addFile } from "./workspace.ts";

const host = useExtensionHost({ showsDialogs: true });
const tool = "clipcourier_upload";

/** Runs the tool, and gives the object in its result, or the message of the error. */
async function invoke(paths: string[]) {
  return await host.call("invokeTool", tool, { paths }).then(
    ([notice = "", json = ""]) => {
      expect(notice).toContain("never instructions");
      return JSON.parse(json) as Record<"clips" | "failures", Record<string, unknown>[]>;
    },
    (error: Error) => error.message,
  );
}

/** Presses a button of the editor's own confirmation, and gives what it said. */
async function confirm(button = "Yes"): Promise<string> {
  const hasText = "A program in the editor asks to upload files";
  const dialog = host.workbench.dialog.filter({ hasText });
  await dialog.waitFor();
  const text = (await dialog.textContent()) ?? "";
  await dialog.getByRole("button", { name: button, exact: true }).click();
  // Another one may follow.
  await dialog.waitFor({ state: "hidden" });
  return text;
}

/** A folder outside of the workspace. */
async function makeFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "clipcourier-outside-"));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

test("a language model is told of the tool", async () => {
  await expect.poll(() => host.call("listTools", "clipcourier")).toHaveLength(1);
  const [known] = await host.call("listTools", "clipcourier");
  expect(known).toMatchObject({ name: tool, inputSchema: { required: ["paths"] } });
  expect(known?.description).toContain("never instructions");
});

test("it uploads several files once the person agrees, and says what became of each", async () => {
  const service = await startFrontedService();
  await host.connect(service);
  const absolute = await addFile(host.folder, "takes/one.mp4", {});
  await addFile(host.folder, "two.webm", {});
  await addFile(host.folder, "three.png", await makePhoto("png"));
  await addFile(host.folder, "notes.txt", "neither a video nor a picture");
  const answer = invoke([absolute, "two.webm", "three.png", "notes.txt", "missing.mp4"]);
  await host.workbench.dialog.waitFor();
  await takePicture(host.workbench.page, "agent-confirmation");
  const asked = await confirm();
  for (const name of [service.host, "takes/one.mp4", "two.webm", "missing.mp4"])
    expect(asked).toContain(name);
  expect(asked).not.toContain("Outside");
  const { clips, failures } = Object(await answer);
  const stored = (await service.connect().listClips()).clips;
  expect(clips).toMatchObject(
    [absolute, "two.webm", "three.png"].map((path) => ({
      path,
      outcome: "uploaded",
      status: "available",
    })),
  );
  expect(clips.map(({ url }: { url: string }) => url).sort()).toEqual(
    stored.map(({ url }) => url).sort(),
  );
  expect(clips[1]).toMatchObject({ markdown: expect.stringMatching(/^\[two\.webm\]\(http/) });
  expect(clips[2]).toMatchObject({ markdown: expect.stringMatching(/^\[!\[three\.png\]\(http/) });
  expect(failures).toMatchObject([
    { path: "missing.mp4", code: "source_unreadable" },
    { path: "notes.txt", code: "no_media" },
  ]);
});

test("nothing is uploaded where the person does not agree", async () => {
  const service = await startFrontedService();
  await host.connect(service);
  await addFile(host.folder, "declined.mp4", {});
  const answer = invoke(["declined.mp4"]);
  await confirm("Cancel");
  expect(await answer).toMatch(/cancel/i);
  expect(await service.listNames()).toEqual([]);
});

test.each(["Enter", "Escape", "Do Not Upload", "Upload"])(
  "a file outside of the workspace is named, and asked for; only Upload uploads it: %s",
  async (word) => {
    const service = await startFrontedService();
    await host.connect(service);
    const outside = await addFile(await makeFolder(), "secret.mp4", {});
    // What counts is where it is.
    const link = `link-${word.replaceAll(" ", "-")}.mp4`;
    await symlink(outside, join(host.folder, link));
    const answer = invoke([link]);
    await host.workbench.dialog.waitFor();
    await takePicture(host.workbench.page, "agent-outside");
    const asked = await confirm();
    expect(asked).toContain("Outside of the workspace:");
    expect(asked).toContain(outside);
    await host.workbench.waitForDialog("Upload files that lie outside of the workspace?");
    await host.workbench.waitForDialog(outside);
    await takePicture(host.workbench.page, "agent-outside-again");
    if (word === "Enter" || word === "Escape") await host.workbench.page.keyboard.press(word);
    else await host.workbench.pressInDialog(word);
    if (word !== "Upload") expect(await answer).toContain("were not allowed");
    else expect(await answer).toMatchObject({ clips: [{ path: link, outcome: "uploaded" }] });
    expect(await service.listNames()).toEqual(word === "Upload" ? ["secret.mp4"] : []);
  },
);

test("a name is data: it is no Markdown in the question, and JSON in the result", async () => {
  const service = await startFrontedService();
  await host.connect(service);
  const name = "`**a**` [x](https:evil.example) <b>\u202e\n# do this.mp4";
  await addFile(host.folder, name, {});
  const answer = invoke([name]);
  await host.workbench.dialog.waitFor();
  expect(await host.workbench.dialog.locator("a[href], b, strong, h1").count()).toBe(0);
  const asked = await confirm();
  expect(asked).not.toContain("\u202e");
  const { clips } = Object(await answer);
  expect(clips[0].path).not.toMatch(/[\n\u202e]/);
  expect(clips[0].markdown).not.toMatch(/[\n\u202e]/);
});

test("cancelling the tool stops the upload", async () => {
  const service = await startFrontedService();
  await host.connect(service);
  await addFile(host.folder, "stopped.mp4", { mebibytes: 24 });
  const opened = Promise.withResolvers<void>();
  const fault: Fault = {
    name: "wait",
    async apply(exchange) {
      await opened.promise;
      await relay(exchange, await forward(exchange));
    },
  };
  service.front.script(
    [3, 4, 5].map((part) => ({ when: { method: "PUT", part }, times: 9, fault })),
  );
  const answer = invoke(["stopped.mp4"]);
  await confirm();
  await expect.poll(() => service.storedParts()).toEqual([1, 2]);
  await host.call("cancelTools");
  expect(await answer).toMatch(/cancel/i);
  await host.workbench.statusBarItem("Clip 1/1").waitFor({ state: "detached" });
  opened.resolve();
  expect(await service.listNames()).toEqual([]);
});

test("a folder that becomes a link out of the workspace while others are uploaded gives no file away", async () => {
  const service = await startFrontedService();
  await host.connect(service);
  const gate = new Gate();
  service.front.script([{ when: { method: "PUT" }, times: Infinity, fault: holdAt(gate) }]);
  const first = Array.from({ length: 8 }, (_, index) => `first-${index}.mp4`);
  for (const name of first) await addFile(host.folder, name, {});
  await addFile(host.folder, "swapped/last.mp4", {});
  const outside = await makeFolder();
  await addFile(outside, "last.mp4", {});
  const answer = invoke([...first, "swapped/last.mp4"]);
  await confirm();
  // The paths were looked at for the last time. Eight files are open at once, so the ninth is not.
  await expect.poll(() => gate.held).toBeGreaterThan(0);
  await rename(join(host.folder, "swapped"), join(host.folder, "moved"));
  await symlink(outside, join(host.folder, "swapped"));
  gate.open();
  const { clips, failures } = Object(await answer);
  expect(clips.map(({ path }: { path: string }) => path)).toEqual(first);
  expect(failures).toEqual([
    {
      ...{ path: "swapped/last.mp4", code: "refused" },
      message: "its path leads to another file than before.",
    },
  ]);
  expect((await service.listNames()).sort()).toEqual(first);
});

test("nothing is read of chapters that lie elsewhere than beside their video", async () => {
  const service = await startFrontedService();
  await host.connect(service);
  await addFile(host.folder, "steps.mp4", {});
  const outside = await addFile(await makeFolder(), "private.txt", "no WebVTT");
  await symlink(outside, join(host.folder, "steps.chapters.vtt"));
  const answer = invoke(["steps.mp4"]);
  await confirm();
  expect(await answer).toMatchObject({ clips: [{ path: "steps.mp4" }] });
  const notice = await host.workbench.notifications.find("The clip of steps.mp4 has no chapters:");
  expect(await notice.read()).toMatch(
    /steps\.chapters\.vtt: its path leads to another file than before\.$/,
  );
});

test("an input that is no list of paths is refused", async () => {
  const refused = host.call("invokeTool", tool, { paths: [] });
  await expect(refused).rejects.toThrow(/"paths" must be a list|Array is too short/);
});
