import {
  type Disposable,
  EventEmitter,
  type TreeDataProvider,
  type TreeItem,
  type TreeView,
  window,
} from "vscode";
import type { Services } from "../services/services.js";
import { ClipItem, makeLoadMoreItem, makeTooltip } from "./clip-item.js";
import type { ClipList } from "./clip-list.js";
import type { LocalFiles } from "./local-files.js";
import type { Pictures } from "./pictures.js";

/** The Clips view in the side bar. */
export class ClipsView implements TreeDataProvider<TreeItem>, Disposable {
  readonly #list: ClipList;
  readonly #localFiles: LocalFiles;
  readonly #pictures: Pictures;
  readonly #changed = new EventEmitter<undefined>();
  readonly onDidChangeTreeData = this.#changed.event;
  readonly #disposables: Disposable[];
  readonly #view: TreeView<TreeItem>;

  constructor(list: ClipList, localFiles: LocalFiles, services: Services, pictures: Pictures) {
    this.#pictures = pictures;
    this.#list = list;
    this.#localFiles = localFiles;
    const view = window.createTreeView("clipcourier.clips", { treeDataProvider: this });
    const describe = () => {
      view.description = services.active?.label ?? "";
    };
    describe();
    this.#view = view;
    this.#disposables = [
      view,
      view.onDidChangeVisibility(({ visible }) => {
        list.isVisible = visible;
      }),
      list.onDidChange(() => this.#changed.fire(undefined)),
      services.onDidChange(() => {
        describe();
        void list.refreshLoaded();
      }),
    ];
    list.isVisible = view.visible;
  }

  /** The clip that is selected in the view, which a key applies to. */
  get selected(): ClipItem | undefined {
    const [item] = this.#view.selection;
    return item instanceof ClipItem ? item : undefined;
  }

  getTreeItem(item: TreeItem): TreeItem {
    return item;
  }

  async getChildren(parent?: TreeItem): Promise<TreeItem[]> {
    if (parent !== undefined) return [];
    // Loading fires a change event, which calls this again; nothing is left to load then.
    await this.#list.load();
    const items = this.#list.clips.map(
      (clip) => new ClipItem(clip, this.#localFiles.find(clip.id)),
    );
    return this.#list.hasMore ? [...items, makeLoadMoreItem()] : items;
  }

  async resolveTreeItem(item: TreeItem, element: TreeItem): Promise<TreeItem> {
    if (element instanceof ClipItem) item.tooltip = await makeTooltip(element, this.#pictures);
    return item;
  }

  dispose(): void {
    for (const disposable of this.#disposables) disposable.dispose();
  }
}
