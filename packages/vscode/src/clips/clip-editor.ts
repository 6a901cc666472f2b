import { randomBytes } from "node:crypto";
import { type Clip, isDirectUploadError } from "@clipcourier/core";
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
import type { Clients } from "../services/clients.js";
import type { Service, Services } from "../services/services.js";
import { describeError, Refusal } from "../texts/describe-error.js";
import { copyLinks, lifetimes, openInBrowser, signClip } from "./clip-links.js";
import type { ClipList } from "./clip-list.js";
import { type ClipOrigin, findService, keyOf, originOf, readOrigin } from "./clip-origin.js";
import { renderClipPage, renderNoticePage } from "./clip-page.js";
import { findPlayable, isAwaited, titleOf, toMarkdown } from "./clip-text.js";
import { copy } from "./clipboard.js";
import type { LocalFiles } from "./local-files.js";

const viewType = "clipcourier.clip";
const pollInterval = 1_500;
// A person waits for the clip, so a failure is shown soon, with a way to try again.
const call = { retry: { attempts: 2 } };

export interface ClipEditorsContext {
  list: ClipList;
  services: Services;
  clients: Clients;
  localFiles: LocalFiles;
  log: LogOutputChannel;
  /** The folder of this extension. */
  extension: Uri;
}

/** An editor. It has no clip while the clip is loaded, and where that has failed. */
interface ClipEditor {
  panel: WebviewPanel;
  origin: ClipOrigin;
  clip?: Clip;
}

/** The editors that play a clip and show its facts, one for each clip of each service. */
export class ClipEditors implements Disposable {
  readonly #context: ClipEditorsContext;
  readonly #icon: { light: Uri; dark: Uri };
  readonly #editors = new Map<string, ClipEditor>();
  readonly #disposables: Disposable[];
  #timer: NodeJS.Timeout | undefined;

  constructor(context: ClipEditorsContext) {
    this.#context = context;
    // An icon of the editor's own needs VS Code 1.110.
    this.#icon = {
      light: Uri.joinPath(context.extension, "media", "tab-light.svg"),
      dark: Uri.joinPath(context.extension, "media", "tab-dark.svg"),
    };
    this.#disposables = [
      context.list.onDidChange((clip) => {
        const editor = clip && this.#find(clip);
        if (clip && editor?.clip && hasChanged(editor.clip, clip)) void this.#show(editor, clip);
      }),
      // Restores an editor after a reload of the window.
      window.registerWebviewPanelSerializer(viewType, {
        deserializeWebviewPanel: (panel, state: unknown) => this.#restore(panel, state),
      }),
    ];
  }

  /** @param service that of the clip; the active one by default */
  async open(clip: Clip, service = this.#context.services.active): Promise<void> {
    if (service === undefined) return;
    const open = this.#find(clip, service);
    if (open !== undefined) return open.panel.reveal();
    const panel = window.createWebviewPanel(viewType, titleOf(clip), ViewColumn.Active, {
      enableScripts: true,
      enableFindWidget: true,
      localResourceRoots: [],
    });
    await this.#show(this.#adopt(panel, originOf(service, clip)), clip);
  }

  /** Closes the editor of a clip of the active service. */
  close(clip: Clip): void {
    this.#find(clip)?.panel.dispose();
  }

  dispose(): void {
    clearTimeout(this.#timer);
    for (const disposable of this.#disposables) disposable.dispose();
  }

  #find(clip: Clip, service = this.#context.services.active): ClipEditor | undefined {
    return service && this.#editors.get(keyOf(originOf(service, clip)));
  }

  async #restore(panel: WebviewPanel, state: unknown): Promise<void> {
    const origin = readOrigin(state);
    if (origin !== undefined) return this.#load(this.#adopt(panel, origin));
    const text = l10n.t("It is not known which clip this was. Open it from the Clips view.");
    this.#prepare(panel, panel.title);
    panel.webview.html = renderNoticePage({
      ...{ title: panel.title, text, hasFailed: true, origin },
      ...this.#describePage(),
    });
  }

  /** Asks the service of an editor for its clip, and shows the clip, or why there is none. */
  async #load(editor: ClipEditor): Promise<void> {
    const { origin } = editor;
    const { host } = new URL(origin.rootUrl);
    this.#showNotice(editor, l10n.t("Asking {0} for the clip.", host), false);
    try {
      const clip = await this.#fetch(origin);
      if (this.#isOpen(editor)) await this.#show(editor, clip);
    } catch (error) {
      this.#context.log.error(`Clip ${origin.clip} of ${host} is not shown: ${String(error)}`);
      if (this.#isOpen(editor)) this.#showNotice(editor, describeFailure(error, host), true);
    }
  }

  #serviceOf(origin: ClipOrigin): Service | undefined {
    return findService(origin, this.#context.services.list());
  }

  async #fetch(origin: ClipOrigin): Promise<Clip> {
    const { clients } = this.#context;
    const service = this.#serviceOf(origin);
    if (service === undefined) {
      const { host } = new URL(origin.rootUrl);
      throw new Refusal(
        l10n.t("The editor is not connected to {0} any more. Connect to it again first.", host),
      );
    }
    return (await clients.share(service)).getClip(origin.clip, call);
  }

  async #show(editor: ClipEditor, clip: Clip): Promise<void> {
    const { panel, origin } = editor;
    editor.clip = clip;
    const file = this.#context.localFiles.find(clip.id, origin);
    const link = await this.#sign(editor, clip);
    if (link === undefined) return;
    const page = {
      clip,
      origin: { ...origin, title: titleOf(clip) },
      videoUrl: await toReachable(findPlayable(link)),
      posterUrl: await toReachable(link.thumbnailUrl ?? undefined),
      localFile: file && workspace.asRelativePath(file),
      ...this.#describePage(),
    };
    if (!this.#isOpen(editor)) return;
    this.#prepare(panel, titleOf(clip));
    panel.webview.html = renderClipPage(page);
    this.#pollSoon();
  }

  /** The clip with addresses that play; `undefined` where there are none, which the editor says then. */
  async #sign(editor: ClipEditor, clip: Clip): Promise<Clip | undefined> {
    const { clients, log } = this.#context;
    const { origin } = editor;
    try {
      return await signClip(clip, this.#serviceOf(origin), lifetimes.played, clients);
    } catch (error) {
      const { host } = new URL(origin.rootUrl);
      log.error(`Clip ${origin.clip} of ${host} is not shown: ${String(error)}`);
      if (this.#isOpen(editor)) this.#showNotice(editor, describeFailure(error, host), true);
      return undefined;
    }
  }

  #showNotice({ panel, origin }: ClipEditor, text: string, hasFailed: boolean): void {
    const { title } = origin;
    this.#prepare(panel, title);
    const page = { title, text, hasFailed, origin, ...this.#describePage() };
    panel.webview.html = renderNoticePage(page);
  }

  #prepare(panel: WebviewPanel, title: string): void {
    panel.title = title;
    panel.iconPath = this.#icon;
    panel.webview.options = { enableScripts: true, localResourceRoots: [] };
  }

  #describePage() {
    return { nonce: randomBytes(16).toString("base64url"), language: env.language };
  }

  #isOpen(editor: ClipEditor): boolean {
    return this.#editors.get(keyOf(editor.origin)) === editor;
  }

  #adopt(panel: WebviewPanel, origin: ClipOrigin): ClipEditor {
    const editor: ClipEditor = { panel, origin };
    this.#editors.set(keyOf(origin), editor);
    panel.onDidDispose(() => {
      if (this.#isOpen(editor)) this.#editors.delete(keyOf(origin));
    });
    panel.webview.onDidReceiveMessage((message: unknown) => {
      const { clip } = editor;
      const context = this.#context;
      if (message === "tryAgain") void this.#load(editor);
      if (clip === undefined) return;
      if (message === "copyId") void copy([clip.id]);
      else if (message === "copyLink") void copyLinks([clip], this.#serviceOf(origin), context);
      else if (message === "copyMarkdown") void copy([toMarkdown(clip)]);
      else if (message === "openInBrowser") {
        void openInBrowser(clip, this.#serviceOf(origin), context);
      }
    });
    return editor;
  }

  #listAwaited(): ClipEditor[] {
    return [...this.#editors.values()].filter(({ clip }) => clip && isAwaited(clip));
  }

  #pollSoon(): void {
    clearTimeout(this.#timer);
    if (this.#listAwaited().length === 0) return;
    this.#timer = setTimeout(() => void this.#poll(), pollInterval);
  }

  async #poll(): Promise<void> {
    const { list, services } = this.#context;
    for (const editor of this.#listAwaited()) {
      const clip = await this.#fetch(editor.origin).catch((error) => this.#stop(editor, error));
      if (clip === undefined || !editor.clip || !hasChanged(editor.clip, clip)) continue;
      await this.#show(editor, clip);
      const { active } = services;
      if (active && keyOf(originOf(active, clip)) === keyOf(editor.origin)) list.put(clip);
    }
    this.#pollSoon();
  }

  /** Polls a clip no longer, and says why, where that would go on for ever. */
  #stop(editor: ClipEditor, error: unknown): undefined {
    if (!isFinal(error) || !this.#isOpen(editor)) return;
    const { host } = new URL(editor.origin.rootUrl);
    this.#context.log.error(
      `Clip ${editor.origin.clip} of ${host} is not polled: ${String(error)}`,
    );
    delete editor.clip;
    this.#showNotice(editor, describeFailure(error, host), true);
  }
}

/** Whether asking again leads to the same until a person does something. */
function isFinal(error: unknown): boolean {
  if (error instanceof Refusal) return true;
  return isDirectUploadError(error, "not_found") || isDirectUploadError(error, "unauthorized");
}

/** Why the clip of an editor is not shown, and what to do. */
function describeFailure(error: unknown, host: string): string {
  if (isDirectUploadError(error, "not_found")) {
    return l10n.t("{0} has this clip no longer. It was probably deleted.", host);
  }
  if (error instanceof Refusal) return error.message;
  return l10n.t("The clip could not be loaded: {0}", describeError(error, host));
}

function hasChanged(before: Clip, now: Clip): boolean {
  const names = ["status", "thumbnailUrl", "playUrl", "plays"] as const;
  return names.some((name) => before[name] !== now[name]);
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
