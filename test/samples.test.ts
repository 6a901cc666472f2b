import { execFile } from "node:child_process";
import { globSync } from "node:fs";
import { mkdir, mkdtemp, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, test } from "vitest";

const run = promisify(execFile);
const root = fileURLToPath(new URL("..", import.meta.url));
const require = createRequire(import.meta.url);

const documents = ["README.md", "packages/*/README.md", "docs/*.md"];

/** What a sample may use without saying where it comes from; one that declares it has its own. */
const freeNames = `
declare global {
  /** Of the service, in a sample that is about something else. */
  const rootUrl: string;
  const appId: string;
  const appSecret: string;
  /** The client that the document's first sample has made. */
  const client: import("@clipcourier/core").DirectUploadClient;
  /** Videos of the reader's. */
  const paths: string[];
}
export {};
`;

/**
 * What the samples use of Cypress, whose package downloads a browser when it is installed.
 * cypress-types.heavy.ts has its real types.
 */
const cypressTypes = `
import type { CypressConfig, CypressEvents } from "@clipcourier/cypress";
interface EndToEnd {
  setupNodeEvents(on: CypressEvents, config: CypressConfig): void;
}
export function defineConfig(config: { video?: boolean; e2e?: EndToEnd }): unknown;
`;

/** What a reader has installed, and where it is here. */
const installed: Record<string, string> = {
  "@clipcourier/batch": join(root, "packages/batch"),
  "@clipcourier/core": join(root, "packages/core"),
  "@clipcourier/cypress": join(root, "packages/cypress"),
  "@clipcourier/playwright": join(root, "packages/playwright"),
  "@clipcourier/report": join(root, "packages/report"),
  "@clipcourier/service": join(root, "packages/service"),
  "@clipcourier/vscode-api": join(root, "packages/vscode-api"),
  clipcourier: join(root, "packages/cli"),
  "@actions/core": join(root, "packages/action/node_modules/@actions/core"),
  "@playwright/test": dirname(require.resolve("@playwright/test/package.json")),
  "@types/node": dirname(require.resolve("@types/node/package.json")),
  "@types/vscode": dirname(require.resolve("@types/vscode/package.json")),
};

const tsconfig = {
  compilerOptions: {
    strict: true,
    noUncheckedIndexedAccess: true,
    exactOptionalPropertyTypes: true,
    checkJs: true,
    noEmit: true,
    target: "esnext",
    module: "nodenext",
    moduleDetection: "force",
    types: ["node", "vscode"],
    skipLibCheck: true,
  },
  include: ["*"],
};

interface Sample {
  /** The document, and the line of it that the sample begins in. */
  place: string;
  /** The name of the file that the sample is compiled as. */
  file: string;
  /** As long as the document before it, so that its lines have the document's numbers. */
  code: string;
}

function findSamples(path: string, text: string): Sample[] {
  return [...text.matchAll(/^( *)```(ts|typescript|js|javascript)\n([\s\S]*?)^\1```$/gm)].map(
    ({ index, 2: language = "", 3: code = "" }) => {
      const line = text.slice(0, index).split("\n").length + 1;
      const extension = language.startsWith("t") ? "ts" : "js";
      return {
        place: `${path}:${line}`,
        file: `${path.replaceAll("/", "-")}-${line}.${extension}`,
        code: "\n".repeat(line - 1) + code,
      };
    },
  );
}

const samples: Sample[] = [];
for (const path of globSync(documents, { cwd: root }).sort()) {
  samples.push(...findSamples(path, await readFile(join(root, path), "utf8")));
}

let folder: string;
let report: string[];
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "clipcourier-samples-"));
  for (const [name, path] of Object.entries(installed)) {
    const link = join(folder, "node_modules", name);
    await mkdir(dirname(link), { recursive: true });
    await symlink(path, link, "junction");
  }
  await mkdir(join(folder, "node_modules/cypress"));
  await writeFile(join(folder, "node_modules/cypress/index.d.ts"), cypressTypes);
  await writeFile(join(folder, "node_modules/cypress/package.json"), '{ "types": "index.d.ts" }');
  for (const { file, code } of samples) await writeFile(join(folder, file), code);
  await writeFile(join(folder, "free-names.d.ts"), freeNames);
  await writeFile(join(folder, "tsconfig.json"), JSON.stringify(tsconfig));
  await writeFile(join(folder, "package.json"), '{ "type": "module" }');
  const tsc = join(dirname(require.resolve("typescript/package.json")), "bin/tsc");
  const order = [tsc, "--project", folder, "--pretty", "false"];
  const { stdout } = await run(process.execPath, order, { cwd: folder }).catch(
    (error: Error & { stdout?: string }) => {
      if (!error.stdout) throw error;
      return { stdout: error.stdout };
    },
  );
  // One entry for each mistake: the lines that go on with one are indented.
  report = stdout.split(/\n(?! )/).filter((mistake) => mistake !== "");
});
afterAll(() => rm(folder, { recursive: true, force: true }));

describe("a sample compiles in strict mode", () => {
  test.each(samples.map(({ place, file }) => [place, file]))("%s", (_, file) => {
    expect(report.filter((mistake) => mistake.startsWith(`${file}(`))).toEqual([]);
  });

  test("and nothing else is wrong with what it is compiled with", () => {
    const files = samples.map(({ file }) => `${file}(`);
    const others = report.filter((mistake) => !files.some((file) => mistake.startsWith(file)));
    expect(others).toEqual([]);
  });

  test("every document with code for programs has been found", () => {
    const found = new Set(samples.map(({ place }) => place.replace(/:\d+$/, "")));
    expect([...found]).toEqual(
      expect.arrayContaining([
        "README.md",
        "packages/core/README.md",
        "packages/vscode-api/README.md",
        "docs/vscode.md",
      ]),
    );
  });
});
