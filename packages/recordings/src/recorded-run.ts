import {
  countOutcome,
  formatDuration,
  noChaptersKnown,
  parseLinkTime,
  type UploadRecord,
} from "@clipcourier/batch";
import type { DirectUploadClient } from "@clipcourier/core";
import { writeResultsFile } from "@clipcourier/report";
import { comment } from "./comment.js";
import { linkTo } from "./links.js";
import type { ReadOptions } from "./options.js";
import { nameResultsFile } from "./results-file-name.js";
import { connect } from "./service.js";
import { describeUnlinked, type ListedClip, listClips, say } from "./terminal.js";
import { type QueuedFile, UploadQueue } from "./upload-queue.js";

/** A recording of a test, and what has become of it. */
export interface RecordedClip extends ListedClip {
  /** As `link`, and it opens a private clip, where such links are asked for. */
  signedLink: string | undefined;
}

/** How a run has ended. */
export interface RunOutcome {
  /** Whether it was stopped before all tests had run. */
  isInterrupted: boolean;
  /** Which part of the tests has run here, from 1. */
  shard?: { current: number; total: number } | null;
}

interface Recording extends Pick<ListedClip, "kind" | "isFailed"> {
  recording: Promise<UploadRecord>;
  failsAt: number | undefined;
}

// Milliseconds, for whoever stopped the run and waits for it to end.
const waitAfterInterrupt = 5000;

/** A run of tests whose recordings are uploaded while it goes on. */
export class RecordedRun {
  readonly #name: string;
  readonly #folder: string;
  readonly #recordings: Recording[] = [];
  #outputFile: string | undefined;
  #options: ReadOptions | undefined;
  #connecting: Promise<DirectUploadClient | undefined> = Promise.resolve(undefined);
  #queue: UploadQueue | undefined;
  /** Whether it was told that the service knows no chapters. */
  #lacksChapters = false;
  #hasProblem = false;

  /**
   * @param name of the reporter's package, for people
   * @param folder from which the results file is named
   */
  constructor(name: string, folder: string) {
    this.#name = name;
    this.#folder = folder;
  }

  /** Whether recordings are uploaded: there is a service, as far as that is known. */
  get isUploading(): boolean {
    return this.#queue !== undefined;
  }

  /** Whether something was told that fails the run, where the option `failOnError` is set. */
  get hasProblem(): boolean {
    return this.#hasProblem;
  }

  /**
   * Reads the options and connects. What fails is told, and nothing is uploaded then.
   *
   * @param given the options as they were given: the name of a results file is used also where another
   *   option is wrong
   */
  begin<Upload extends string>(
    given: { outputFile?: unknown },
    read: () => ReadOptions<Upload>,
  ): ReadOptions<Upload> | undefined {
    const { outputFile } = given;
    if (typeof outputFile === "string" && outputFile !== "") this.#outputFile = outputFile;
    try {
      const options = read();
      this.#options = options;
      this.#queue = this.#createQueue(options);
      // What is thrown in a reporter is printed with its stack, and the run goes on without it.
      this.#connecting = this.#connect(options).catch((error: unknown) => this.#giveUp(error));
      return options;
    } catch (error) {
      return this.#giveUp(error);
    }
  }

  /** Uploads a recording, unless it is known that nothing can be uploaded. */
  add(
    file: QueuedFile,
    { failsAt, isFailed }: { failsAt?: number | undefined; isFailed: boolean },
  ): void {
    if (this.#queue === undefined) return;
    const recording = this.#queue.add(file);
    this.#recordings.push({ kind: file.kind, recording, failsAt, isFailed });
  }

  /** Says why a recording has no clip, which fails the run where the option `failOnError` is set. */
  tellProblem(text: string): void {
    this.#hasProblem = true;
    say(text);
  }

  /** Waits for the uploads, tells what has become of them, and writes results and comment. */
  async end(run: RunOutcome): Promise<RecordedClip[]> {
    const client = await this.#connecting;
    const clips = client === undefined ? [] : await this.#finish(run);
    if (client === undefined) await this.#writeResults([], run);
    await client?.close();
    return clips;
  }

  #createQueue({ concurrency, privateLinks }: ReadOptions): UploadQueue {
    return new UploadQueue({
      getClient: () => this.#connecting,
      concurrency,
      linksFor: privateLinks === undefined ? undefined : parseLinkTime(privateLinks),
      onRecord: (record) => this.#tellFailure(record),
      onChaptersMissing: (name, reason) => this.#tellNoChapters(name, reason),
    });
  }

  async #connect(options: ReadOptions): Promise<DirectUploadClient | undefined> {
    const client = await connect(options, process.env);
    if (client === undefined) {
      this.#queue = undefined;
      say(`${this.#name} uploads nothing: no service is configured. Set CLIPCOURIER_API_URL.`);
    }
    return client;
  }

  async #finish(run: RunOutcome): Promise<RecordedClip[]> {
    const { waitAtEnd = 0, privateLinks } = this.#options ?? {};
    const wait = run.isInterrupted ? Math.min(waitAtEnd, waitAfterInterrupt) : waitAtEnd;
    const isComplete = await this.#queue?.end(wait);
    const clips = await Promise.all(this.#recordings.map(toClip));
    const records = clips.map(({ record }) => record);
    if (clips.length > 0) say(listClips(clips));
    const unlinked = privateLinks && describeUnlinked(records);
    if (unlinked) say(unlinked);
    if (isComplete === false) {
      this.#hasProblem = true;
      const missing = countOutcome(records, "skipped");
      const reason = run.isInterrupted ? "the run was interrupted" : "the option waitAtEnd";
      const time = formatDuration(wait);
      say(`${missing} of them were still under way ${time} after the tests (${reason}).`);
    }
    await this.#writeResults(records, run);
    await this.#comment(records, run);
    return clips;
  }

  async #comment(
    records: readonly UploadRecord[],
    { isInterrupted, shard }: RunOutcome,
  ): Promise<void> {
    const { comment: commenting } = this.#options ?? {};
    if (!commenting) return;
    if (isInterrupted) return say("No comment: the run was interrupted.");
    if (shard) return say(describeShard(shard));
    const key = commenting === true ? "clips" : commenting;
    for (const line of await comment(records, key, process.env)) say(line);
  }

  async #writeResults(records: readonly UploadRecord[], { shard }: RunOutcome): Promise<void> {
    if (this.#outputFile === undefined) return;
    const file = nameResultsFile(this.#outputFile, shard ?? null, this.#folder);
    try {
      await writeResultsFile(file, records);
    } catch (error) {
      this.#hasProblem = true;
      say(`The results file ${file} was not written: ${messageOf(error)}`);
    }
  }

  #giveUp(error: unknown): undefined {
    this.#hasProblem = true;
    this.#queue = undefined;
    say(`${this.#name} uploads nothing: ${messageOf(error)}`);
  }

  #tellNoChapters(name: string, reason: string): void {
    if (reason !== noChaptersKnown) {
      this.#hasProblem = true;
      say(`${name}: ${reason}`);
    } else if (!this.#lacksChapters) {
      this.#lacksChapters = true;
      say("The clips have no chapters: the service does not know them.");
    }
  }

  #tellFailure({ outcome, file, error }: UploadRecord): void {
    if (outcome !== "failed") return;
    this.#hasProblem = true;
    say(`No clip of ${file}: ${error?.message ?? "the reason is not known."}`);
  }
}

async function toClip({ kind, recording, failsAt, isFailed }: Recording): Promise<RecordedClip> {
  const record = await recording;
  // Logs of a CI are read by more people than its reports are: they have no link that opens by itself.
  const link = record.url === null ? undefined : linkTo(record.url, failsAt);
  const signedLink = record.link === undefined ? link : linkTo(record.link, failsAt);
  return { kind, record, link, signedLink, isFailed };
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** Each shard would write its clips in place of those of the others. */
const describeShard = ({ current, total }: { current: number; total: number }) =>
  `No comment: this is shard ${current} of ${total}, and the comment has the clips of all. Give the reporter an outputFile, and write the comment after all shards, with clipcourier comment or the action's gather.`;
