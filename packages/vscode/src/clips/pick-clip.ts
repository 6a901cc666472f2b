import { type Clip, hasInName } from "@clipcourier/core";
import {
  type Disposable,
  l10n,
  type QuickPick,
  type QuickPickItem,
  ThemeIcon,
  Uri,
  window,
} from "vscode";
import { withoutIcons } from "../texts/as-text.js";
import { describeError } from "../texts/describe-error.js";
import { describeFacts, iconOf } from "./clip-item.js";
import type { ClipList } from "./clip-list.js";
import { findThumbnail, titleOf } from "./clip-text.js";
import type { Pictures } from "./pictures.js";

export interface PickContext {
  list: ClipList;
  pictures: Pictures;
  /** The name of the service, for messages. */
  host: string;
}

interface ClipRow extends QuickPickItem {
  clip?: Clip;
}

// A service looks at some hundred clips for each request. Without a click it is asked so often, and not
// for a single letter, which most names have.
const requestsAtOnce = 2;
const fewestLetters = 2;
const enough = 100;
/** In all, since most rows are never scrolled to. */
const mostPictures = 30;
const typingDelay = 200;

/**
 * Asks for a clip by a part of its name. The clips that are loaded are shown at once, and the service is
 * asked for the others.
 *
 * @returns `undefined` where none was chosen
 */
export async function pickClip(context: PickContext, title: string): Promise<Clip | undefined> {
  const picker = new ClipPicker(context, title);
  try {
    return await picker.pick();
  } finally {
    picker.dispose();
  }
}

class ClipPicker implements Disposable {
  readonly #context: PickContext;
  readonly #pick: QuickPick<ClipRow>;
  /** What was found for the text that is in the box now. */
  #found = new Map<string, ClipRow>();
  /** Where a search that was not finished goes on. */
  #next: string | undefined;
  /** Whether the service was not asked for the text that is in the box now. */
  #isUnasked = false;
  /** The ids of the clips that have a picture here, or are getting one. */
  readonly #pictured = new Set<string>();
  /** The row that tells why a search failed, and searches again. */
  #failed: ClipRow | undefined;
  #search = new AbortController();
  #timer: NodeJS.Timeout | undefined;

  constructor(context: PickContext, title: string) {
    this.#context = context;
    this.#pick = window.createQuickPick<ClipRow>();
    this.#pick.title = title;
    this.#pick.placeholder = l10n.t("A part of the file name");
  }

  async pick(): Promise<Clip | undefined> {
    void this.#showLoaded(() => this.#context.list.load());
    this.#pick.onDidChangeValue((value) => this.#begin(value.trim()));
    this.#pick.show();
    return new Promise((resolve) => {
      this.#pick.onDidHide(() => resolve(undefined));
      this.#pick.onDidAccept(() => {
        const [row] = this.#pick.selectedItems;
        if (row?.clip !== undefined) resolve(row.clip);
        else if (row !== undefined) void this.#goOn();
      });
    });
  }

  dispose(): void {
    clearTimeout(this.#timer);
    this.#search.abort();
    this.#pick.dispose();
  }

  /** Shows the loaded clips, and those of the first page where nothing is loaded yet. */
  async #showLoaded(load: () => Promise<void>): Promise<void> {
    this.#begin("");
    const { signal } = this.#search;
    this.#pick.busy = true;
    await load();
    if (signal.aborted) return;
    this.#begin("");
    const { failure, clips } = this.#context.list;
    if (failure === undefined || clips.length > 0) return;
    this.#failed = makeFailedRow(l10n.t("The clips could not be loaded: {0}", failure));
    this.#draw();
  }

  /** Searches further, or tries again what failed. */
  async #goOn(): Promise<void> {
    const name = this.#pick.value.trim();
    if (name === "") await this.#showLoaded(() => this.#context.list.refresh());
    else await this.#ask(name);
  }

  /** Shows what is loaded, and asks the service as soon as nothing is typed for a moment. */
  #begin(name: string): void {
    clearTimeout(this.#timer);
    this.#search.abort();
    this.#search = new AbortController();
    this.#found = new Map();
    this.#next = undefined;
    this.#failed = undefined;
    this.#isUnasked = name !== "" && [...name].length < fewestLetters;
    const isAsked = name !== "" && !this.#isUnasked;
    this.#pick.busy = isAsked;
    const hasName = (clip: Clip) => hasInName(titleOf(clip), name);
    void this.#show(this.#context.list.clips.filter(hasName));
    if (isAsked) this.#timer = setTimeout(() => void this.#ask(name), typingDelay);
  }

  async #ask(name: string): Promise<void> {
    const { signal } = this.#search;
    const { list, host } = this.#context;
    this.#pick.busy = true;
    this.#isUnasked = false;
    this.#failed = undefined;
    const goal = this.#found.size + enough;
    try {
      for (let request = 0; request < requestsAtOnce && this.#found.size < goal; request++) {
        const page = await list.search({ name, after: this.#next }, signal);
        if (signal.aborted) return;
        this.#next = page.next;
        void this.#show(page.clips);
        if (this.#next === undefined) break;
      }
    } catch (error) {
      if (signal.aborted) return;
      const reason = describeError(error, host);
      this.#failed = makeFailedRow(l10n.t("The clips could not be searched: {0}", reason));
    }
    this.#pick.busy = false;
    this.#draw();
  }

  async #show(clips: readonly Clip[]): Promise<void> {
    const { signal } = this.#search;
    const added = clips.filter(({ id }) => !this.#found.has(id));
    for (const clip of added) this.#found.set(clip.id, toRow(clip));
    this.#draw();
    for (const { id } of added) if (this.#pictured.size < mostPictures) this.#pictured.add(id);
    const pictured = added.filter(({ id }) => this.#pictured.has(id));
    await Promise.all(pictured.map((clip) => this.#addPicture(clip)));
    if (!signal.aborted) this.#draw();
  }

  async #addPicture(clip: Clip): Promise<void> {
    const row = this.#found.get(clip.id);
    const thumbnailUrl = findThumbnail(clip);
    const picture =
      thumbnailUrl === undefined ? undefined : await this.#context.pictures.load(thumbnailUrl);
    if (row !== undefined && picture !== undefined) row.iconPath = Uri.file(picture);
  }

  #draw(): void {
    const [active] = this.#pick.activeItems;
    const isHalted = !this.#pick.busy && (this.#isUnasked || this.#next !== undefined);
    const last = this.#failed ?? (isHalted ? makeFurtherRow() : undefined);
    const rows = [...this.#found.values()];
    this.#pick.items = last === undefined ? rows : [...rows, last];
    // What is drawn anew is not active any more.
    const again = active?.clip && this.#found.get(active.clip.id);
    if (again !== undefined) this.#pick.activeItems = [again];
  }
}

function makeFailedRow(label: string): ClipRow {
  return { label, iconPath: new ThemeIcon("error"), alwaysShow: true };
}

function makeFurtherRow(): ClipRow {
  return {
    label: l10n.t("Look Further"),
    description: l10n.t("There are clips that were not looked through yet."),
    iconPath: new ThemeIcon("ellipsis"),
    alwaysShow: true,
  };
}

function toRow(clip: Clip): ClipRow {
  return {
    clip,
    label: withoutIcons(titleOf(clip)),
    description: describeFacts(clip).join(" · "),
    iconPath: iconOf(clip),
    // It was searched for already, and the editor's own search knows fewer spellings.
    alwaysShow: true,
  };
}
