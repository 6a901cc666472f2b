import { type ChildProcess, spawn } from "node:child_process";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { inject } from "vitest";
import { endProcessesOf, killProcessesWith, processMark } from "./process-mark.ts";

export interface EditorOptions {
  /** The user settings. */
  settings?: Record<string, unknown>;
  /**
   * The settings of the machine on which extensions run.
   *
   * @default the user settings
   */
  machineSettings?: Record<string, unknown>;
  /**
   * Whether folders that are not trusted are opened in Restricted Mode.
   *
   * @default false
   */
  asksForTrust?: boolean;
  /**
   * Whether messages pop up in the window's corner, as they do for a person. Otherwise they are only
   * in the notification centre, where they cover nothing, and the editor accepts extension tests.
   *
   * @default false
   */
  showsToasts?: boolean;
  /**
   * The display language, such as `de`.
   *
   * @default English
   */
  locale?: string;
  /** Environment variables of its processes, besides those that it needs. */
  variables?: Record<string, string>;
}

/** A VS Code that is used in a browser. */
export interface Editor {
  readonly origin: string;
  /** The folder with the settings, the logs and the data of extensions. */
  readonly userData: string;
  /** Kills the process in which extensions run, like a crash. */
  crashExtensionHost(): Promise<void>;
  /** Ends the editor and all processes that it has started. */
  stop(): Promise<void>;
}

/** Settings against everything that appears by itself or differs between runs. */
const quietSettings = {
  "extensions.autoCheckUpdates": false,
  "extensions.autoUpdate": false,
  "extensions.ignoreRecommendations": true,
  "git.enabled": false,
  "remote.autoForwardPorts": false,
  "security.workspace.trust.banner": "never",
  "telemetry.telemetryLevel": "off",
  "update.mode": "none",
  "workbench.enableExperiments": false,
  // A page that has loaded takes the focus, and must not close a question that was asked meanwhile.
  "workbench.quickOpen.closeOnFocusLost": false,
  "workbench.secondarySideBar.defaultVisibility": "hidden",
  "workbench.startupEditor": "none",
  "workbench.tips.enabled": false,
  "chat.disableAIFeatures": true,
  // Each picture of what moves is drawn by the processor.
  "workbench.reduceMotion": "on",
  "editor.cursorBlinking": "solid",
  // The extension is not one for this process, which each window would start.
  "extensions.webWorker": false,
};

/** Starts the installed editor with the packed extension and a fresh profile. */
export async function startEditor(options: EditorOptions = {}): Promise<Editor> {
  const userData = await mkdtemp(join(tmpdir(), "clipcourier-editor-"));
  // The editor's window is a remote one, which has the settings of two machines.
  const { settings, machineSettings = settings } = options;
  await writeSettings(userData, "User", { ...quietSettings, ...settings });
  await writeSettings(userData, "Machine", { ...quietSettings, ...machineSettings });
  if (options.locale !== undefined) await addLanguage(userData, options.locale);
  const mark = `clipcourier-test-${process.pid}-${userData.slice(-6)}`;
  const child = spawnEditor(userData, mark, options);
  const stop = async () => {
    await endProcessesOf(mark);
    await rm(userData, { recursive: true, force: true, maxRetries: 5 });
  };
  const crashExtensionHost = async () => {
    const killed = await killProcessesWith("--type=extensionHost", mark);
    if (killed !== 1) throw new Error(`There were ${killed} extension hosts to kill.`);
  };
  try {
    const origin = await readOrigin(child);
    await waitUntilHealthy(origin);
    return { origin, userData, crashExtensionHost, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function writeSettings(userData: string, folder: string, settings: object): Promise<void> {
  await mkdir(join(userData, folder));
  await writeFile(join(userData, folder, "settings.json"), JSON.stringify(settings));
}

/**
 * Makes the editor believe that a display language is installed. Its own texts stay English, but
 * extensions see the language and show their texts in it.
 */
async function addLanguage(userData: string, locale: string): Promise<void> {
  const texts = join(userData, `${locale}.json`);
  await writeFile(texts, JSON.stringify({ version: "1.0.0", contents: {} }));
  const pack = {
    hash: locale,
    extensions: [{ extensionIdentifier: { id: locale } }],
    translations: { vscode: texts },
    label: locale,
  };
  await writeFile(join(userData, "languagepacks.json"), JSON.stringify({ [locale]: pack }));
}

/** An environment in which the editor finds nothing of this machine's user. */
export function editorEnv(userData: string): Record<string, string | undefined> {
  const { PATH, HOME, LANG } = process.env;
  return {
    ...{ PATH, HOME, LANG },
    XDG_CONFIG_HOME: join(userData, "config"),
    XDG_DATA_HOME: join(userData, "data"),
    XDG_CACHE_HOME: join(userData, "cache"),
  };
}

function spawnEditor(
  userData: string,
  mark: string,
  { asksForTrust, showsToasts, locale, variables }: EditorOptions,
): ChildProcess {
  const { node, entry, allowTests } = inject("installation");
  const args = [
    ...[entry, "--config", join(userData, "code-server.yaml")],
    ...["--auth", "none", "--bind-addr", "127.0.0.1:0"],
    ...["--user-data-dir", userData, "--extensions-dir", inject("extensions")],
    ...["--disable-telemetry", "--disable-update-check", "--disable-getting-started-override"],
    ...(showsToasts ? [] : allowTests),
    ...(asksForTrust ? [] : ["--disable-workspace-trust"]),
    ...(locale === undefined ? [] : ["--locale", locale]),
  ];
  // The kernel ends the editor with this process, also when that is killed; its children follow.
  return spawn("setpriv", ["--pdeathsig", "KILL", node, ...args], {
    // No extension gallery: in another language the editor would wait for its answer.
    env: { ...editorEnv(userData), EXTENSIONS_GALLERY: "{}", ...variables, [processMark]: mark },
    stdio: ["ignore", "pipe", "pipe"],
  });
}

/** Reads the editor's output until it prints the address on which it listens. */
async function readOrigin({ stdout, stderr }: ChildProcess): Promise<string> {
  let output = "";
  return await new Promise((resolve, reject) => {
    const onData = (chunk: Buffer) => {
      output += chunk;
      const [, origin] = /listening on (http:\/\/127\.0\.0\.1:\d+)/.exec(output) ?? [];
      if (origin !== undefined) resolve(origin);
    };
    stdout?.on("data", onData).once("close", () => reject(new Error(`code-server:\n${output}`)));
    stderr?.on("data", onData);
  });
}

async function waitUntilHealthy(origin: string): Promise<void> {
  const deadline = performance.now() + 120_000;
  for (;;) {
    const answer = await fetch(`${origin}/healthz`).catch(() => undefined);
    if (answer?.ok) return;
    if (performance.now() > deadline) throw new Error(`${origin} does not become healthy.`);
    await sleep(50);
  }
}
