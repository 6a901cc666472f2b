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
import type { Clients } from "../services/clients.js";
import type { Service, Services } from "../services/services.js";
import { Refusal } from "../texts/describe-error.js";
import { type ClipAddresses, findAddresses, haveSameOrigins } from "./clip-addresses.js";
import { describeFailure, isFinal } from "./clip-failure.js";
import type { ClipList } from "./clip-list.js";
import { type ClipOrigin, findService, keyOf, originOf, readOrigin } from "./clip-origin.js";
import { renderClipPage, renderNoticePage } from "./clip-page.js";
import { hasChanged, isAwaited, titleOf } from "./clip-text.js";
import { LinkRenewal } from "./link-renewal.js";
import type { LocalFiles } from "./local-files.js";
import { runPageAction } from "./page-actions.js";

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
  /** Those that its page has. */
  addresses?: ClipAddresses;
  /** The page with the addresses of now, for when its editor is hidden: it is made anew when that is seen again. */
  nextPage?: string;
  /** Asks for other addresses before those that are shown expire. */
  renewal: LinkRenewal;
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
    const editor = this.#adopt(panel, originOf(service, clip));
    await this.#show(editor, clip);
    await this.#addChapters(editor);
  }

  /** Closes the editor of a clip of the active service. */
  close(clip: Clip): void {
    this.#find(clip)?.panel.dispose();
  }

  dispose(): void {
    clearTimeout(this.#timer);
    for (const { renewal } of this.#editors.values()) renewal.dispose();
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
      this.#showFailure(editor, error);
    }
  }

  /** Lists of clips leave their chapters out. */
  async #addChapters(editor: ClipEditor): Promise<void> {
    const { clip, origin } = editor;
    if (clip?.status !== "available" || clip.asset === "photo" || clip.chapters) return;
    const whole = await this.#fetch(origin).catch((error: unknown) => {
      this.#context.log.warn(`The chapters of clip ${origin.clip} are not known: ${String(error)}`);
    });
    if (whole?.chapters && this.#isOpen(editor)) await this.#show(editor, whole);
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

  async #show(editor: ClipEditor, given: Clip): Promise<void> {
    const chapters = given.chapters ?? editor.clip?.chapters;
    const clip = chapters === undefined ? given : { ...given, chapters };
    editor.clip = clip;
    try {
      const { addresses, expiresOn } = await this.#findAddresses(editor, clip);
      if (!this.#isOpen(editor)) return;
      this.#prepare(editor.panel, titleOf(clip));
      this.#setPage(editor, this.#render(editor, clip, addresses));
      editor.addresses = addresses;
      editor.renewal.start(expiresOn);
      this.#pollSoon();
    } catch (error) {
      this.#showFailure(editor, error);
    }
  }

  #findAddresses({ origin }: ClipEditor, clip: Clip) {
    return findAddresses(clip, this.#serviceOf(origin), this.#context.clients);
  }

  #render({ origin }: ClipEditor, clip: Clip, addresses: ClipAddresses): string {
    const file = this.#context.localFiles.find(clip.id, origin);
    return renderClipPage({
      ...{ clip, ...addresses, ...this.#describePage() },
      origin: { ...origin, title: titleOf(clip) },
      localFile: file && workspace.asRelativePath(file),
    });
  }

  #setPage(editor: ClipEditor, html: string): void {
    delete editor.nextPage;
    editor.panel.webview.html = html;
  }

  /** Gives the page other addresses of its clip, so that what plays goes on. */
  async #renew(editor: ClipEditor): Promise<void> {
    const { clip, panel } = editor;
    if (clip === undefined) return;
    const { addresses, expiresOn } = await this.#findAddresses(editor, clip);
    if (!this.#isOpen(editor) || editor.clip !== clip) return;
    const html = this.#render(editor, clip, addresses);
    // What a page may load is settled when it is made. While nobody sees it there is no page.
    const canGoOn = editor.addresses && haveSameOrigins(editor.addresses, addresses);
    if (panel.visible && canGoOn) {
      editor.nextPage = html;
      void panel.webview.postMessage(addresses);
    } else this.#setPage(editor, html);
    editor.addresses = addresses;
    editor.renewal.start(expiresOn);
  }

  #showFailure(editor: ClipEditor, error: unknown): void {
    const { host } = new URL(editor.origin.rootUrl);
    this.#context.log.error(`Clip ${editor.origin.clip} of ${host} is not shown: ${String(error)}`);
    if (this.#isOpen(editor)) this.#showNotice(editor, describeFailure(error, host), true);
  }

  #showNotice(editor: ClipEditor, text: string, hasFailed: boolean): void {
    const { panel, origin, renewal } = editor;
    renewal.dispose();
    this.#prepare(panel, origin.title);
    const page = { title: origin.title, text, hasFailed, origin, ...this.#describePage() };
    this.#setPage(editor, renderNoticePage(page));
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
    const { log } = this.#context;
    const renewal = new LinkRenewal({
      renew: () => this.#renew(editor),
      onFailure: (error) =>
        log.warn(`The link of clip ${origin.clip} is asked for again: ${String(error)}`),
      onExpired: (error) => this.#showFailure(editor, error),
    });
    const editor: ClipEditor = { panel, origin, renewal };
    this.#editors.set(keyOf(origin), editor);
    panel.onDidChangeViewState(() => {
      if (!panel.visible && editor.nextPage !== undefined) this.#setPage(editor, editor.nextPage);
    });
    panel.onDidDispose(() => {
      renewal.dispose();
      if (this.#isOpen(editor)) this.#editors.delete(keyOf(origin));
    });
    panel.webview.onDidReceiveMessage((message: unknown) => {
      const { clip } = editor;
      if (message === "tryAgain") void this.#load(editor);
      else if (clip) void runPageAction(message, clip, this.#serviceOf(origin), this.#context);
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
