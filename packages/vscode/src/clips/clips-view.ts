import {
  commands,
  type Disposable,
  EventEmitter,
  l10n,
  type TreeDataProvider,
  type TreeDragAndDropController,
  type TreeItem,
  type TreeView,
  type Uri,
  window,
} from "vscode";
import type { Services } from "../services/services.js";
import { untilOlder } from "../texts/age.js";
import { ClipGroupItem, ClipItem, makeLoadMoreItem, makeTooltip } from "./clip-item.js";
import type { ClipList } from "./clip-list.js";
import { madeAt } from "./clip-text.js";
import { type ClipGroup, groupByName } from "./group-by-name.js";
import type { LocalFiles } from "./local-files.js";
import type { Pictures } from "./pictures.js";
import { ToggledRow } from "./toggled-row.js";

const minute = 60 * 1000;
const hour = 60 * minute;
const mostAttempts = 3;

/** The Clips view in the side bar. */
export class ClipsView implements TreeDataProvider<TreeItem>, Disposable {
  readonly #list: ClipList;
  readonly #localFiles: LocalFiles;
  readonly #services: Services;
  readonly #pictures: Pictures;
  readonly #changed = new EventEmitter<undefined>();
  readonly onDidChangeTreeData = this.#changed.event;
  readonly #disposables: Disposable[];
  readonly #view: TreeView<TreeItem>;
  readonly #toggled = new ToggledRow<TreeItem>();
  #olderTimer: NodeJS.Timeout | undefined;

  constructor(
    list: ClipList,
    localFiles: LocalFiles,
    services: Services,
    pictures: Pictures,
    dragAndDropController: TreeDragAndDropController<TreeItem>,
  ) {
    this.#pictures = pictures;
    this.#list = list;
    this.#localFiles = localFiles;
    this.#services = services;
    const view = window.createTreeView("clipcourier.clips", {
      ...{ treeDataProvider: this, dragAndDropController },
    });
    const describe = () => {
      view.description = services.active?.label ?? "";
    };
    describe();
    this.#view = view;
    this.#disposables = [
      view,
      view.onDidChangeSelection(({ selection }) => this.#toggled.note(selection)),
      view.onDidChangeVisibility(({ visible }) => {
        list.isVisible = visible;
        if (visible) this.#changed.fire(undefined);
        else clearTimeout(this.#olderTimer);
      }),
      list.onDidChange(() => this.#changed.fire(undefined)),
      localFiles.onDidForget(() => this.#changed.fire(undefined)),
      services.onDidChange(() => {
        describe();
        void list.replace();
      }),
    ];
    list.isVisible = view.visible;
  }

  /**
   * The row that has the focus, which a key applies to.
   *
   * @param isToggled whether `list.toggleSelection` was called twice already
   */
  async findFocused(isToggled: boolean): Promise<TreeItem | undefined> {
    // Rows that are drawn anew in between can undo the one call of the two.
    for (let attempt = 0; attempt < mostAttempts; attempt++) {
      if (attempt > 0 || !isToggled) {
        await commands.executeCommand("list.toggleSelection");
        await commands.executeCommand("list.toggleSelection");
      }
      const row = this.#toggled.take();
      if (row !== undefined) return row;
    }
    return undefined;
  }

  getTreeItem(item: TreeItem): TreeItem {
    return item;
  }

  async getChildren(parent?: TreeItem): Promise<TreeItem[]> {
    if (parent instanceof ClipGroupItem) {
      return parent.clips.map((clip) => new ClipItem(clip, this.#findFile(clip.id), true));
    }
    // The rows of another service go at once. The list is loaded already, and says when it is there.
    if (this.#list.isReplaced) {
      this.#sayLoading();
      return [];
    }
    // Loading fires a change event, which calls this again; nothing is left to load then.
    await this.#list.load();
    this.#sayFailure();
    this.#showOlderInTime();
    const items = groupByName(this.#list.clips).map((clips) => this.#makeItem(clips));
    return this.#list.offersMore ? [...items, makeLoadMoreItem()] : items;
  }

  async resolveTreeItem(item: TreeItem, element: TreeItem): Promise<TreeItem> {
    if (element instanceof ClipItem) item.tooltip = await makeTooltip(element, this.#pictures);
    return item;
  }

  dispose(): void {
    clearTimeout(this.#olderTimer);
    for (const disposable of this.#disposables) disposable.dispose();
  }

  #makeItem([newest, ...others]: ClipGroup): TreeItem {
    if (others.length > 0) return new ClipGroupItem(newest, others);
    return new ClipItem(newest, this.#findFile(newest.id));
  }

  #findFile(id: string): Uri | undefined {
    const { active } = this.#services;
    return active && this.#localFiles.find(id, active);
  }

  // A message keeps the editor from saying that there are no clips.
  #sayLoading(): void {
    const { description = "" } = this.#view;
    this.#view.message = l10n.t("Loading the clips of {0}…", description);
  }

  // Where nothing is listed, the view itself says it, with a button.
  #sayFailure(): void {
    const { failure, clips } = this.#list;
    const isOld = failure !== undefined && clips.length > 0;
    this.#view.message = isOld ? l10n.t("Clips are missing here: {0}", failure) : "";
  }

  /** Draws the rows anew when the first of their dates is told in another way. */
  #showOlderInTime(): void {
    clearTimeout(this.#olderTimer);
    if (!this.#view.visible) return;
    const now = Date.now();
    const times = this.#list.clips
      .map(madeAt)
      .filter((time) => time !== undefined)
      .map((time) => untilOlder(time, now));
    if (times.length === 0) return;
    // Drawing a thousand rows takes a while: with many ages, one of them changes each second.
    const time = Math.min(Math.max(Math.min(...times), minute), hour);
    this.#olderTimer = setTimeout(() => this.#changed.fire(undefined), time);
  }
}
