import {
  type Clip,
  type ClipPage,
  type ClipPageRequest,
  isDirectUploadError,
} from "@clipcourier/core";
import { commands, type Disposable, EventEmitter, type LogOutputChannel, l10n } from "vscode";
import type { Clients } from "../services/clients.js";
import type { Services } from "../services/services.js";
import { describeError, Refusal } from "../texts/describe-error.js";
import { ClipPoll } from "./clip-poll.js";
import { isAwaited } from "./clip-text.js";
import { isLastPage, pageSize } from "./last-page.js";
import { mergePage } from "./merge-page.js";

/** So many are loaded without a click while the view is shown. */
const loadedByItself = 1_000;
const refreshDelay = 300;
// A person waits for the list, so a failure is shown soon, with a way to try again.
const call = { retry: { attempts: 2 } };

/** How far the list has been read from its beginning. */
interface Reading {
  pages: number;
  /** The ids of the clips that were read. They are at the beginning of the list. */
  ids: Set<string>;
  /** Where the next page begins, if the service says it. */
  next: string | undefined;
  isOver: boolean;
}

function startReading(): Reading {
  return { pages: 0, ids: new Set(), next: undefined, isOver: false };
}

/**
 * The clips of the active service that are loaded. While the list is shown, it is loaded page by page up
 * to 1,000 clips, and pending clips are polled.
 */
export class ClipList implements Disposable {
  readonly #services: Services;
  readonly #clients: Clients;
  readonly #log: LogOutputChannel;
  readonly #changed = new EventEmitter<Clip | undefined>();
  /** The event has the clip that changed, or `undefined` when the list itself did. */
  readonly onDidChange = this.#changed.event;
  #clips: Clip[] = [];
  #reading = startReading();
  /** How many clips are loaded without a click. A refresh reads again what was loaded. */
  #wanted = loadedByItself;
  /** Whether the request for the first page has ended, successfully or not. */
  #isLoaded = false;
  #isReplaced = false;
  #failure: string | undefined;
  #loading: Promise<void> | undefined;
  readonly #poll = new ClipPoll({
    list: () => this.#listPending(),
    fetch: async (id) => (await this.#client()).getClip(id, call),
    onClip: (clip) => {
      const known = this.#clips.find(({ id }) => id === clip.id);
      if (!isAwaited(clip) || isNews(known, clip)) this.put(clip);
    },
    onGone: (id) => this.#remove(id),
    onRefused: (error) => this.#fail(error),
  });
  #refreshTimer: NodeJS.Timeout | undefined;
  #isVisible = false;
  /** Grows with each refresh, so that an answer to an earlier request can be recognized. */
  #generation = 0;

  constructor(services: Services, clients: Clients, log: LogOutputChannel) {
    this.#services = services;
    this.#clients = clients;
    this.#log = log;
  }

  /** Whether the list of another service is being loaded, of which nothing is known yet. */
  get isReplaced(): boolean {
    return this.#isReplaced;
  }

  get clips(): readonly Clip[] {
    return this.#clips;
  }

  /** Whether there are more clips that are loaded when they are asked for, and not by themselves. */
  get offersMore(): boolean {
    return this.#reading.pages > 0 && !this.#reading.isOver && !this.#goesOn;
  }

  /** Why clips could not be loaded the last time. */
  get failure(): string | undefined {
    return this.#failure;
  }

  /** Loads the first page once. When a refresh replaces that request, it waits for the refresh. */
  async load(): Promise<void> {
    while (!this.#isLoaded) await this.loadMore();
  }

  /** Loads the list anew, page by page, in the place of what is known. */
  async refresh(): Promise<void> {
    this.#generation++;
    this.#poll.drop();
    this.#reading = startReading();
    this.#wanted = Math.max(loadedByItself, this.#clips.length);
    this.#loading = undefined;
    await this.loadMore();
  }

  /** Loads the list of another service, if it was ever loaded. */
  async replace(): Promise<void> {
    if (!this.#isLoaded && this.#loading === undefined) return;
    this.#clips = [];
    this.#isLoaded = false;
    this.#isReplaced = true;
    this.#failure = undefined;
    this.#reading = startReading();
    this.#changed.fire(undefined);
    await this.refresh();
  }

  /** Loads what is new, after a moment, so that files that finish together cause one request. */
  refreshSoon(): void {
    this.#refreshTimer ??= setTimeout(() => {
      this.#refreshTimer = undefined;
      void this.#loadNews();
    }, refreshDelay);
  }

  /** Loads the next page. */
  async loadMore(): Promise<void> {
    await this.#runAlone(() => this.#loadPage());
  }

  /** Asks the service for clips by name. The page can be empty and have a `next` nevertheless. */
  async search(request: ClipPageRequest, signal: AbortSignal): Promise<ClipPage> {
    return (await this.#client()).listClips({ ...request, count: pageSize }, { ...call, signal });
  }

  /** Stores the new state of a clip. */
  put(clip: Clip): void {
    const place = this.#clips.findIndex(({ id }) => id === clip.id);
    if (place >= 0) this.#clips[place] = clip;
    this.#changed.fire(clip);
    this.#poll.begin();
  }

  async delete(clip: Clip): Promise<void> {
    await (await this.#client()).deleteClip(clip.id, call);
    this.#remove(clip.id);
  }

  /** Whether the list is shown. Only then it is loaded by itself, and its pending clips are polled. */
  set isVisible(isVisible: boolean) {
    this.#isVisible = isVisible;
    this.#poll.begin();
    if (isVisible && this.#goesOn) void this.loadMore();
  }

  dispose(): void {
    this.#poll.stop();
    clearTimeout(this.#refreshTimer);
    this.#changed.dispose();
  }

  async #client() {
    const { active } = this.#services;
    if (active === undefined) throw new Refusal(l10n.t("Connect to a service first."));
    return this.#clients.share(active);
  }

  /** Whether the next page is loaded by itself while the list is shown. */
  get #goesOn(): boolean {
    const { pages, ids, isOver } = this.#reading;
    return pages > 0 && !isOver && this.#failure === undefined && ids.size < this.#wanted;
  }

  /** Waits for the request that is under way, or makes this one. */
  async #runAlone(request: () => Promise<void>): Promise<void> {
    const loading = this.#loading ?? request();
    this.#loading = loading;
    await loading;
    if (this.#loading !== loading) return;
    this.#loading = undefined;
    if (this.#isVisible && this.#goesOn) void this.loadMore();
  }

  #remove(clipId: string): void {
    this.#clips = this.#clips.filter(({ id }) => id !== clipId);
    this.#changed.fire(undefined);
  }

  async #requestPage(place: ClipPageRequest): Promise<Omit<ClipPage, "page">> {
    if (this.#services.active === undefined) return { clips: [], total: 0 };
    return (await this.#client()).listClips({ count: pageSize, ...place }, call);
  }

  async #loadPage(): Promise<void> {
    const generation = this.#generation;
    const reading = this.#reading;
    const { ids, next } = reading;
    try {
      const place = next === undefined ? { page: reading.pages + 1 } : { after: next };
      const page = await this.#requestPage(place);
      if (generation !== this.#generation) return;
      reading.isOver = isLastPage(page, ids);
      const { clips } = page;
      this.#clips = mergePage({
        known: this.#clips,
        read: ids,
        page: clips,
        isLast: reading.isOver,
      });
      for (const { id } of page.clips) ids.add(id);
      reading.pages++;
      reading.next = page.next;
      this.#notify(undefined);
    } catch (error) {
      if (generation === this.#generation) this.#fail(error);
    }
  }

  /** Loads the first page again, and keeps what is known beyond it. */
  async #loadNews(): Promise<void> {
    while (this.#loading !== undefined) await this.#loading;
    // What was never loaded needs no news; where it failed, all of it is loaded again.
    if (!this.#isLoaded) return;
    if (this.#failure !== undefined || this.#reading.pages === 0) return this.refresh();
    await this.#runAlone(async () => {
      const generation = this.#generation;
      const reading = this.#reading;
      try {
        const page = await this.#requestPage({ page: 1 });
        if (generation !== this.#generation) return;
        const { clips } = page;
        const isLast = isLastPage(page, new Set());
        const known = this.#clips;
        this.#clips = mergePage({ known, read: new Set(), page: clips, isLast });
        for (const { id } of clips) reading.ids.add(id);
        reading.isOver ||= isLast;
        this.#notify(undefined);
        // More are new than a page has: those between it and what is known are missing.
        if (!isLast && !overlaps(clips, known)) void this.refresh();
      } catch (error) {
        if (generation === this.#generation) this.#fail(error);
      }
    });
  }

  #fail(error: unknown): void {
    // The keys are refused for every clip.
    if (isDirectUploadError(error, "unauthorized")) this.#poll.stop();
    this.#log.error(`The clips could not be loaded: ${String(error)}`);
    this.#notify(describeError(error, this.#services.active?.label ?? ""));
  }

  #notify(failure: string | undefined): void {
    this.#isLoaded = true;
    this.#isReplaced = false;
    this.#failure = failure;
    void commands.executeCommand("setContext", "clipcourier.clipsFailed", failure !== undefined);
    this.#changed.fire(undefined);
    if (failure === undefined) this.#poll.resume();
    else this.#poll.begin();
  }

  #listPending(): string[] {
    return this.#isVisible ? this.#clips.filter(isAwaited).map(({ id }) => id) : [];
  }
}

function overlaps(some: readonly Clip[], others: readonly Clip[]): boolean {
  const ids = new Set(others.map(({ id }) => id));
  return others.length === 0 || some.some(({ id }) => ids.has(id));
}

function isNews(known: Clip | undefined, clip: Clip): boolean {
  return known !== undefined && known.status !== clip.status;
}
