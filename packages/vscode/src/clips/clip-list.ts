import type { Clip, ClipPage } from "@clipcourier/core";
import { commands, type Disposable, EventEmitter, type LogOutputChannel, l10n } from "vscode";
import type { Clients } from "../services/clients.js";
import type { Services } from "../services/services.js";
import { Refusal } from "../texts/describe-error.js";

const pageSize = 30;
const pollInterval = 1_500;
const refreshDelay = 300;
// A person waits for the list, so a failure is shown soon, with a way to try again.
const call = { retry: { attempts: 2 } };

/** The clips of the active service that are loaded. Clips that are pending are polled. */
export class ClipList implements Disposable {
  readonly #services: Services;
  readonly #clients: Clients;
  readonly #log: LogOutputChannel;
  readonly #changed = new EventEmitter<Clip | undefined>();
  /** The event has the clip that changed, or `undefined` when the list itself did. */
  readonly onDidChange = this.#changed.event;
  #clips: Clip[] = [];
  #pages = 0;
  /** Whether the request for the first page has ended, successfully or not. */
  #isLoaded = false;
  #total = 0;
  /** Where the next page begins, if the service says it. */
  #next: string | undefined;
  #loading: Promise<void> | undefined;
  #timer: NodeJS.Timeout | undefined;
  #refreshTimer: NodeJS.Timeout | undefined;
  #isVisible = false;
  /** The ids of pending clips that are open in an editor of their own. */
  readonly #watched = new Set<string>();
  /** Grows with each refresh, so that an answer to an earlier request can be recognized. */
  #generation = 0;

  constructor(services: Services, clients: Clients, log: LogOutputChannel) {
    this.#services = services;
    this.#clients = clients;
    this.#log = log;
  }

  get clips(): readonly Clip[] {
    return this.#clips;
  }

  get hasMore(): boolean {
    return this.#next !== undefined || this.#clips.length < this.#total;
  }

  /** Loads the first page once. When a refresh replaces that request, it waits for the refresh. */
  async load(): Promise<void> {
    while (!this.#isLoaded) await this.loadMore();
  }

  /** Loads the first page anew. */
  async refresh(): Promise<void> {
    this.#generation++;
    this.#pages = 0;
    this.#next = undefined;
    this.#loading = undefined;
    await this.loadMore();
  }

  /** Refreshes the list if it was ever loaded. */
  async refreshLoaded(): Promise<void> {
    if (this.#isLoaded || this.#loading !== undefined) await this.refresh();
  }

  /** The same after a moment, so that files that finish together cause one request. */
  refreshSoon(): void {
    this.#refreshTimer ??= setTimeout(() => {
      this.#refreshTimer = undefined;
      void this.refreshLoaded();
    }, refreshDelay);
  }

  async loadMore(): Promise<void> {
    const loading = this.#loading ?? this.#loadPage();
    this.#loading = loading;
    await loading;
    if (this.#loading === loading) this.#loading = undefined;
  }

  /** Asks the service for the present state of a clip. */
  async fetch(id: string): Promise<Clip> {
    const clip = await (await this.#client()).getClip(id, call);
    this.put(clip);
    return clip;
  }

  /** Stores the new state of a clip. */
  put(clip: Clip): void {
    const place = this.#clips.findIndex(({ id }) => id === clip.id);
    if (place >= 0) this.#clips[place] = clip;
    this.#changed.fire(clip);
    this.#pollSoon();
  }

  async delete(clip: Clip): Promise<void> {
    await (await this.#client()).deleteClip(clip.id, call);
    this.#clips = this.#clips.filter(({ id }) => id !== clip.id);
    this.#total--;
    this.#changed.fire(undefined);
  }

  /** Whether the list is shown. Its pending clips are polled only then. */
  set isVisible(isVisible: boolean) {
    this.#isVisible = isVisible;
    this.#pollSoon();
  }

  /** Polls this clip while it is pending, because an editor of its own shows it. */
  watch(id: string, isPending: boolean): void {
    if (isPending) this.#watched.add(id);
    else this.#watched.delete(id);
    this.#pollSoon();
  }

  dispose(): void {
    clearTimeout(this.#timer);
    clearTimeout(this.#refreshTimer);
    this.#changed.dispose();
  }

  async #client() {
    const { active } = this.#services;
    if (active === undefined) throw new Refusal(l10n.t("Connect to a service first."));
    return this.#clients.share(active);
  }

  async #loadPage(): Promise<void> {
    const generation = this.#generation;
    const { active } = this.#services;
    try {
      const number = this.#pages + 1;
      const place = this.#next === undefined ? { page: number } : { after: this.#next };
      const page: Omit<ClipPage, "page"> =
        active === undefined
          ? { clips: [], total: 0 }
          : await (await this.#client()).listClips({ count: pageSize, ...place }, call);
      if (generation !== this.#generation) return;
      const known = number === 1 ? [] : this.#clips;
      // A new clip moves the others on by one, so that the next page can repeat one.
      const ids = new Set(known.map(({ id }) => id));
      this.#clips = [...known, ...page.clips.filter(({ id }) => !ids.has(id))];
      this.#pages = number;
      this.#next = page.next;
      this.#total = page.clips.length === 0 ? this.#clips.length : (page.total ?? 0);
      this.#notify(false);
    } catch (error) {
      if (generation !== this.#generation) return;
      this.#log.error(`The clips could not be loaded: ${String(error)}`);
      if (this.#pages === 0) this.#clips = [];
      this.#next = undefined;
      this.#total = this.#clips.length;
      this.#notify(true);
    }
  }

  #notify(hasFailed: boolean): void {
    this.#isLoaded = true;
    void commands.executeCommand("setContext", "clipcourier.clipsFailed", hasFailed);
    this.#changed.fire(undefined);
    this.#pollSoon();
  }

  #listPending(): string[] {
    const listed = this.#clips.filter(({ status }) => status === "pending").map(({ id }) => id);
    return [...new Set([...(this.#isVisible ? listed : []), ...this.#watched])];
  }

  #pollSoon(): void {
    clearTimeout(this.#timer);
    if (this.#listPending().length === 0) return;
    this.#timer = setTimeout(() => void this.#poll(), pollInterval);
  }

  async #poll(): Promise<void> {
    const generation = this.#generation;
    for (const id of this.#listPending()) {
      const clip = await this.#client()
        .then((client) => client.getClip(id, call))
        .catch(() => undefined);
      if (generation !== this.#generation) break;
      if (clip !== undefined && clip.status !== "pending") this.put(clip);
    }
    this.#pollSoon();
  }
}
