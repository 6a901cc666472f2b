import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { build } from "esbuild";
import type { BrowserContext } from "playwright-core";
import { afterAll, afterEach, beforeAll } from "vitest";
import { launchBrowser, openProfile } from "./browser.ts";
import { answerConnect, type Keys } from "./connect.ts";
import { type Editor, type EditorOptions, startEditor } from "./editor.ts";
import { HostChannel } from "./host-channel.ts";
import { nameFailure, takePicture } from "./stage.ts";
import { Workbench } from "./workbench/workbench.ts";

/** A window in whose extension host tests can call functions. */
export interface ExtensionHost {
  readonly editor: Editor;
  readonly workbench: Workbench;
  /** The open folder. It is empty at first, and deleted after the tests. */
  readonly folder: string;
  call: HostChannel["call"];
  /** Connects to a service as a person does. */
  connect(keys: Keys): Promise<void>;
}

interface Opened {
  editor: Editor;
  workbench: Workbench;
  folder: string;
  channel: HostChannel;
}

export interface HostOptions
  extends Pick<EditorOptions, "variables" | "settings" | "machineSettings" | "asksForTrust"> {
  /**
   * Whether dialogs are shown, as they are to a person. The editor refuses them in its extension tests.
   *
   * @default false
   */
  showsDialogs?: boolean;
  /** Runs after each test, once a failure has its picture. */
  cleanUp?: () => Promise<void>;
}

/** One editor with one window for all tests of a file, and a channel to its extension host. */
export function useExtensionHost(options: HostOptions = {}): ExtensionHost {
  const stack = new AsyncDisposableStack();
  let opened: Opened;
  beforeAll(async () => {
    opened = await open(stack, options);
  });
  afterEach(async ({ task }) => {
    const { page } = opened.workbench;
    if (task.result?.state === "fail") await takePicture(page, nameFailure(task.name));
    await options.cleanUp?.();
  });
  afterAll(() => stack.disposeAsync());
  return {
    get editor() {
      return opened.editor;
    },
    get workbench() {
      return opened.workbench;
    },
    get folder() {
      return opened.folder;
    },
    call: (name, ...args) => opened.channel.call(name, ...args),
    async connect(keys) {
      const { channel, workbench } = opened;
      const { host: name } = new URL(keys.rootUrl);
      await Promise.all([
        channel.call("runCommand", "clipcourier.connect"),
        answerConnect(workbench, keys).then(() =>
          workbench.notifications.find(`Connected to ${name}.`),
        ),
      ]);
    },
  };
}

async function open(stack: AsyncDisposableStack, options: HostOptions): Promise<Opened> {
  const home = await mkdtemp(join(tmpdir(), "clipcourier-host-"));
  stack.defer(() => rm(home, { recursive: true, force: true, maxRetries: 3 }));
  const folder = join(home, "workspace");
  const tests = join(home, "tests");
  await mkdir(folder);
  await bundleTests(tests, options);
  const channel = new HostChannel();
  const port = String(await channel.listen());
  stack.defer(() => channel.close());
  const variables = { ...options.variables, CLIPCOURIER_TEST_PORT: port };
  const [editor, browser] = await Promise.all([
    startEditor({ ...options, variables }),
    launchBrowser(),
  ]);
  stack.defer(() => editor.stop());
  stack.defer(() => browser.close());
  const profile = await openProfile(browser, { origin: editor.origin });
  await profile.exposeFunction("codeAutomationLog", () => {});
  await profile.exposeFunction("codeAutomationExit", () =>
    channel.fail(new Error("The extension host has ended.")),
  );
  const workbench = await openWindow(profile, { editor, folder, tests, ...options });
  // This is answered as soon as the functions are loaded.
  await channel.call("describeExtension");
  return { editor, workbench, folder, channel };
}

async function openWindow(
  profile: BrowserContext,
  { editor, folder, tests, showsDialogs }: WindowOptions,
): Promise<Workbench> {
  const remote = `vscode-remote://${new URL(editor.origin).host}${tests}`;
  const payload = [
    ["extensionDevelopmentPath", remote],
    ...(showsDialogs ? [] : [["extensionTestsPath", `${remote}/index.js`]]),
  ];
  const query = new URLSearchParams({ folder, payload: JSON.stringify(payload) });
  const page = await profile.newPage();
  // The answer of the extension host is what is waited for.
  await page.goto(`${editor.origin}/?${query}`, { waitUntil: "commit" });
  return new Workbench(page);
}

interface WindowOptions extends HostOptions {
  editor: Editor;
  folder: string;
  tests: string;
}

/**
 * Bundles `host/` into an extension of its own. The editor runs tests only for an extension under
 * development, and Clipcourier must be an installed one. Where it is not run as tests, it starts by
 * itself.
 */
async function bundleTests(destination: string, { showsDialogs }: HostOptions): Promise<void> {
  await build({
    entryPoints: [join(import.meta.dirname, "host", "index.ts")],
    outfile: join(destination, "index.js"),
    bundle: true,
    external: ["vscode"],
    platform: "node",
    format: "cjs",
    sourcemap: "inline",
    logLevel: "warning",
  });
  const identity = { name: "tests", publisher: "clipcourier", version: "0.0.0" };
  const engines = { vscode: "^1.105.0" };
  const starting = { main: "./index.js", activationEvents: ["*"] };
  const manifest = {
    ...{ ...identity, engines, ...(showsDialogs && starting) },
    ...{ extensionKind: ["workspace"], capabilities: { untrustedWorkspaces: { supported: true } } },
  };
  await writeFile(join(destination, "package.json"), JSON.stringify(manifest));
}
