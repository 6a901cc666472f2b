import { readFile } from "node:fs/promises";
import { describe, expect, test } from "vitest";
import { answerConnect } from "./connect.ts";
import { startFrontedService } from "./fronted-service.ts";
import { takePicture, useStage } from "./stage.ts";
import { makeWorkspace } from "./workspace.ts";

/** The extension's texts in a language, those of its manifest and those of its code. */
async function readTexts(locale: string): Promise<(key: string, ...values: string[]) => string> {
  const extension = new URL("../../packages/vscode/", import.meta.url);
  const files = [`package.nls.${locale}.json`, `l10n/bundle.l10n.${locale}.json`];
  const read = files.map(async (file) =>
    JSON.parse(await readFile(new URL(file, extension), "utf8")),
  );
  const texts: Record<string, string> = Object.assign({}, ...(await Promise.all(read)));
  return (key, ...values) => {
    const text = texts[key];
    if (text === undefined) throw new Error(`There is no ${locale} text for: ${key}`);
    return text.replace(/\{(\d)\}/g, (_, index) => values[Number(index)] ?? "");
  };
}

/** What is said of a clip that was made just now. */
const ages = { de: "jetzt|vor 1 Minute", ja: "今|1 分前" };

describe.each(["de", "ja"] as const)("in the display language %s", (locale) => {
  const stage = useStage({ locale });

  test("the menu, the questions, the summary and the view speak it", async () => {
    const text = await readTexts(locale);
    const service = await startFrontedService({ looksInto: true });
    const workbench = await stage.open(await makeWorkspace({ "intro.mp4": { seconds: 2 } }));
    const { clips, explorer, quickInput, notifications } = workbench;
    await clips.open();
    await clips.root.getByText(text("welcome.notConnected").split("\n")[0] ?? "").waitFor();
    await takePicture(workbench.page, `${locale}-welcome`);
    await workbench.openExplorer();
    await explorer.chooseFor(text("command.upload"), "intro.mp4");
    await quickInput.waitFor(text("Where should clips go?"));
    await quickInput.pick(text("Connect to a service…"));
    await quickInput.waitFor(text("Connect to a Service ({0}/{1})", "1", "3"));
    await takePicture(workbench.page, `${locale}-connect`);
    await answerConnect(workbench, service);
    const summary = await notifications.find(text("{0} is a clip now.", "intro.mp4"));
    expect(await summary.readButtons()).toEqual(
      ["Copy Clip ID", "Copy Link", "Copy Markdown", "Open"].map((button) => text(button)),
    );
    await clips.open();
    const tenths = locale === "de" ? "," : ".";
    await expect
      .poll(() => clips.readDescription("intro.mp4"))
      .toMatch(new RegExp(`^0:02 · \\d+\\${tenths}\\d KiB · (${ages[locale]})$`));
    await summary.press(text("Open"));
    const editor = await workbench.findWebview("video");
    expect(await editor.locator("html").getAttribute("lang")).toBe(locale);
    expect(await editor.locator("table").textContent()).toContain(text("Duration"));
    await takePicture(workbench.page, `${locale}-clip`);
  });
});
