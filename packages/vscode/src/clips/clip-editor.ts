import { randomBytes } from "node:crypto";
import type { Clip } from "@clipcourier/core";
import {
  type Disposable,
  env,
  type LogOutputChannel,
  l10n,
  Uri,
  ViewColumn,
  type WebviewPanel,
  window,
  workspace,
} from "vscode";
import type { ClipList } from "./clip-list.js";
import { renderClipPage } from "./clip-page.js";
import { titleOf, toMarkdown } from "./clip-text.js";
import { copy } from "./clipboard.js";
import type { LocalFiles } from "./local-files.js";

const viewType = "clipcourier.clip";

/** The editors that play a clip and show its facts, one for each clip. */
export class ClipEditors implements Disposable {
  readonly #list: ClipList;
  readonly #localFiles: LocalFiles;
  readonly #log: LogOutputChannel;
  readonly #icon: { light: Uri; dark: Uri };
  readonly #panels = new Map<string, { panel: WebviewPanel; clip: Clip }>();
  readonly #disposables: Disposable[];

  /** @param extension the folder of this extension */
  constructor(list: ClipList, localFiles: LocalFiles, log: LogOutputChannel, extension: Uri) {
    this.#list = list;
    this.#localFiles = localFiles;
    this.#log = log;
    // An icon of the editor's own needs VS Code 1.110.
    this.#icon = {
      light: Uri.joinPath(extension, "media", "tab-light.svg"),
      dark: Uri.joinPath(extension, "media", "tab-dark.svg"),
    };
    this.#disposables = [
      list.onDidChange((clip) => {
        const open = clip && this.#panels.get(clip.id);
        if (clip && open && hasChanged(open.clip, clip)) void this.#show(open.panel, clip);
      }),
      // Restores an editor after a reload of the window: its page has kept the id of the clip.
      window.registerWebviewPanelSerializer(viewType, {
        deserializeWebviewPanel: (panel, state: unknown) => this.#restore(panel, state),
      }),
    ];
  }

  async open(clip: Clip): Promise<void> {
    const open = this.#panels.get(clip.id);
    if (open !== undefined) return open.panel.reveal();
    const panel = window.createWebviewPanel(viewType, titleOf(clip), ViewColumn.Active, {
      enableScripts: true,
      enableFindWidget: true,
      localResourceRoots: [],
    });
    await this.#show(panel, clip);
  }

  close(id: string): void {
    this.#panels.get(id)?.panel.dispose();
  }

  dispose(): void {
    for (const disposable of this.#disposables) disposable.dispose();
  }

  async #restore(panel: WebviewPanel, state: unknown): Promise<void> {
    const id = typeof state === "string" ? state : "";
    try {
      await this.#show(panel, await this.#list.fetch(id));
    } catch (error) {
      this.#log.error(`Clip ${id} is not shown again: ${String(error)}`);
      panel.dispose();
    }
  }

  async #show(panel: WebviewPanel, clip: Clip): Promise<void> {
    if (!this.#panels.has(clip.id)) this.#adopt(panel, clip.id);
    this.#panels.set(clip.id, { panel, clip });
    this.#list.watch(clip.id, clip.status === "pending");
    const file = this.#localFiles.find(clip.id);
    panel.title = titleOf(clip);
    panel.iconPath = this.#icon;
    panel.webview.options = { enableScripts: true, localResourceRoots: [] };
    panel.webview.html = renderClipPage({
      clip,
      videoUrl: await toReachable(clip.videoUrl),
      posterUrl: await toReachable(clip.thumbnailUrl ?? undefined),
      localFile: file && workspace.asRelativePath(file),
      nonce: randomBytes(16).toString("base64url"),
      language: env.language,
    });
  }

  #adopt(panel: WebviewPanel, id: string): void {
    panel.onDidDispose(() => {
      this.#panels.delete(id);
      this.#list.watch(id, false);
    });
    panel.webview.onDidReceiveMessage((message: unknown) => {
      const clip = this.#panels.get(id)?.clip;
      if (clip === undefined) return;
      if (message === "copyId") void copy([clip.id]);
      else if (message === "copyLink") void copy([clip.url]);
      else if (message === "copyMarkdown") void copy([toMarkdown(clip)]);
      else if (message === "openInBrowser") void openInBrowser(clip);
    });
  }
}

/** Opens the page of the clip in a browser. */
export async function openInBrowser(clip: Clip): Promise<void> {
  // A service could send the URI of a command instead of an address.
  const isOpen = /^https?:/i.test(clip.url) && (await env.openExternal(Uri.parse(clip.url)));
  if (!isOpen) void window.showWarningMessage(l10n.t("{0} could not be opened.", clip.url));
}

function hasChanged(before: Clip, now: Clip): boolean {
  return before.status !== now.status || before.thumbnailUrl !== now.thumbnailUrl;
}

const loopback = /^https?:\/\/(localhost|127\.\d+\.\d+\.\d+|\[::1\])([:/]|$)/;

// The extension and the window can run on two machines, each with a loopback address of its own.
async function toReachable(url: string | undefined): Promise<string | undefined> {
  if (url === undefined || !/^https?:/.test(url)) return undefined;
  if (!loopback.test(url)) return url;
  const { origin, pathname, search } = new URL(url);
  // Only the origin: code-server 4.105 drops the path.
  const external = (await env.asExternalUri(Uri.parse(origin))).toString(true);
  return external.replace(/\/$/, "") + pathname + search;
}
