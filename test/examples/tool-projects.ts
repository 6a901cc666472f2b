import { mkdir, symlink, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { cacheFolder, fillCacheFolder } from "../cache-folder.ts";
import { runNpm } from "../run-npm.ts";

/** A small project of somebody who uses a tool. */
interface ToolProject {
  /** What it installs from npm, in exact versions, so that nothing changes by itself. */
  packages: readonly string[];
  files: Record<string, string>;
}

const remotionVersion = "4.0.529";

export const remotion: ToolProject = {
  packages: [
    `@remotion/cli@${remotionVersion}`,
    `remotion@${remotionVersion}`,
    "react@19.2.0",
    "react-dom@19.2.0",
  ],
  files: {
    "remotion.config.ts": `import { Config } from "@remotion/cli/config";
      // Its own browser comes from a server that tests do not ask.
      Config.setBrowserExecutable("/usr/bin/chromium");`,
    "tsconfig.json": `{ "compilerOptions": { "jsx": "react-jsx" } }`,
    "src/index.ts": `import { registerRoot } from "remotion";
      import { Root } from "./Root";
      registerRoot(Root);`,
    "src/Root.tsx": `import { AbsoluteFill, Composition, useCurrentFrame } from "remotion";
      const Intro = ({ language }: { language: string }) => (
        <AbsoluteFill style={{ background: "white" }}>{language} {useCurrentFrame()}</AbsoluteFill>
      );
      export const Root = () => (
        <Composition id="Intro" component={Intro} defaultProps={{ language: "en" }}
          durationInFrames={2} fps={2} width={160} height={90} />
      );`,
  },
};

const playwrightConfig = (video: string, webServer = "undefined") => `
  import { defineConfig } from "@playwright/test";
  export default defineConfig({
    testDir: "tests",
    use: {
      video: "${video}",
      baseURL: "http://127.0.0.1:6006",
      launchOptions: { executablePath: "/usr/bin/chromium", args: ["--no-sandbox"] },
    },
    webServer: ${webServer},
  });`;

const packages = [
  "@playwright/test@1.65.1",
  "@storybook/html-vite@10.6.0",
  "storybook@10.6.0",
  "vite@7.1.12",
];

/** Two tests, of which one fails. */
export const playwright: ToolProject = {
  packages,
  files: {
    "playwright.config.ts": playwrightConfig("retain-on-failure"),
    "tests/page.spec.ts": `import { expect, test } from "@playwright/test";
      for (const title of ["Right", "Wrong"]) {
        test(title, async ({ page }) => {
          await page.setContent("<h1>Right</h1>");
          await expect(page.getByRole("heading")).toHaveText(title, { timeout: 100 });
        });
      }`,
  },
};

/** A story, and a test that clicks in it. */
export const storybook: ToolProject = {
  packages,
  files: {
    "package.json": `{ "private": true, "type": "module" }`,
    ".storybook/main.js": `export default {
        framework: "@storybook/html-vite",
        stories: ["../stories/*.stories.js"],
        core: { disableTelemetry: true },
      };`,
    "stories/button.stories.js": `export default { title: "Button" };
      const onclick = ({ target }) => { target.textContent = "Saved"; };
      export const Primary = {
        render: () => Object.assign(document.createElement("button"), { textContent: "Save", onclick }),
      };`,
    "playwright.config.ts": playwrightConfig(
      "on",
      `{
        command: "npx vite preview --outDir storybook-static --host 127.0.0.1 --port 6006 --strictPort",
        url: "http://127.0.0.1:6006",
      }`,
    ),
    "tests/button.spec.ts": `import { expect, test } from "@playwright/test";
      test("saves", async ({ page }) => {
        await page.goto("/iframe.html?id=button--primary&viewMode=story");
        await page.getByRole("button").click();
        await expect(page.getByRole("button")).toHaveText("Saved");
      });`,
  },
};

/** Writes a project into a folder, with what it installs. */
export async function setUp({ packages, files }: ToolProject, folder: string): Promise<void> {
  const installed = await install(packages);
  await symlink(join(installed, "node_modules"), join(folder, "node_modules"), "junction");
  await writeFile(join(folder, "package.json"), `{ "private": true }`);
  for (const [name, content] of Object.entries(files)) {
    await mkdir(dirname(join(folder, name)), { recursive: true });
    await writeFile(join(folder, name), content);
  }
}

/** The folder that has packages installed: from the cache folder, else from npm. */
async function install(packages: readonly string[]): Promise<string> {
  const name = packages[0]?.replaceAll("/", "-") ?? "";
  const folder = cacheFolder("examples", name);
  await fillCacheFolder(folder, (draft) =>
    // What their install scripts do is download browsers.
    runNpm(draft, ["install", "--ignore-scripts", "--no-audit", "--no-fund", ...packages]),
  );
  return folder;
}
