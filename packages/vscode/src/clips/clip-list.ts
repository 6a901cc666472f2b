import type { Clip } from "@clipcourier/core";
import { commands, type Disposable, EventEmitter, type LogOutputChannel, l10n } from "vscode";
import type { Clients } from "../services/clients.js";
import type { Services } from "../services/services.js";
import { Refusal } from "../texts/describe-error.js";

const pageSize = 30;
const pollInterval = 1_500;
const refreshDelay = 300;
// A person looks at it: what does not answer is told, and can be tried again.
const call = { retry: { attempts: 2 } };

/** The clips of the active service, as far as they are loaded. A pending one is asked for again. */
export class ClipList implements Disposable {
  readonly #services: Services;
  readonly #clients: Clients;
  readonly #log: LogOutputChannel;
  readonly #changed = new EventEmitter<Clip | undefined>();
  /** With the clip that changed; without one when the list did. */
  readonly onDidChange = this.#changed.event;
  #clips: Clip[] = [];
  #pages = 0;
  /** Whether the first page was asked for and something came of it, be it a failure. */
  #isLoaded = false;
  #total = 0;
  #loading: Promise<void> | undefined;
  #timer: NodeJS.Timeout | undefined;
  #refreshTimer: NodeJS.Timeout | undefined;
  #isVisible = false;
  /** Pending clips that somebody looks at one by one. */
  readonly #watched = new Set<string>();
  /** Counts the services and refreshes, so that a late answer is told from a current one. */
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
    return this.#clips.length < this.#total;
  }

  /** Loads the first page, once; where a refresh takes the place of that, it is awaited as well. */
  async load(): Promise<void> {
    while (!this.#isLoaded) await this.loadMore();
  }

  /** Starts over with the first page. */
  async refresh(): Promise<void> {
    this.#generation++;
    this.#pages = 0;
    this.#loading = undefined;
    await this.loadMore();
  }

  /** Starts over, where anything was loaded before: what nobody has looked at need not be current. */
  async refreshLoaded(): Promise<void> {
    if (this.#isLoaded || this.#loading !== undefined) await this.refresh();
  }

  /** The same in a moment: the files of a batch often end together. */
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

  /** A clip as the service knows it now. */
  async fetch(id: string): Promise<Clip> {
    const clip = await (await this.#client()).getClip(id, call);
    this.put(clip);
    return clip;
  }

  /** Takes a clip's new state. */
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

  /** Whether somebody looks at the list: nothing is asked for behind their back. */
  set isVisible(isVisible: boolean) {
    this.#isVisible = isVisible;
    this.#pollSoon();
  }

  /** Whether somebody looks at this clip alone, and waits for it. */
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
      const next = this.#pages + 1;
      const page =
        active === undefined
          ? { clips: [], total: 0 }
          : await (await this.#client()).listClips({ count: pageSize, page: next }, call);
      if (generation !== this.#generation) return;
      const known = next === 1 ? [] : this.#clips;
      // A new clip moves the others on by one, into the next page.
      const ids = new Set(known.map(({ id }) => id));
      this.#clips = [...known, ...page.clips.filter(({ id }) => !ids.has(id))];
      this.#pages = next;
      this.#total = page.clips.length === 0 ? this.#clips.length : (page.total ?? 0);
      this.#tell(false);
    } catch (error) {
      if (generation !== this.#generation) return;
      this.#log.error(`The clips could not be loaded: ${String(error)}`);
      if (this.#pages === 0) this.#clips = [];
      this.#total = this.#clips.length;
      this.#tell(true);
    }
  }

  #tell(hasFailed: boolean): void {
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
