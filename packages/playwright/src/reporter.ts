import { fileURLToPath } from "node:url";
import { countOutcome, formatDuration, parseLinkTime, type UploadRecord } from "@clipcourier/batch";
import type { DirectUploadClient } from "@clipcourier/core";
import { writeResultsFile } from "@clipcourier/report";
import type {
  FullConfig,
  FullResult,
  Reporter,
  TestCase,
  TestResult,
} from "@playwright/test/reporter";
import { isChosen, isFailed, listVideos } from "./attempts.js";
import { findChapters } from "./chapters.js";
import { nameAttempt, nameClip } from "./clip-name.js";
import { comment } from "./comment.js";
import { annotate, linkTo } from "./links.js";
import { findFailure } from "./moments.js";
import {
  type PlaywrightOptions,
  type ReadOptions,
  type ReporterOptions,
  readOptions,
} from "./options.js";
import { nameResultsFile } from "./results.js";
import { connect } from "./service.js";
import { describeUnlinked, listClips, say } from "./terminal.js";
import { UploadQueue } from "./upload-queue.js";

/** A video of an attempt, and what becomes of it. */
interface Upload {
  test: TestCase;
  result: TestResult;
  /** The second at which the failing step begins, where it is known. */
  failsAt: number | undefined;
  recording: Promise<UploadRecord>;
}

// For whoever stopped the run and waits for it to end.
const waitAfterInterrupt = 5000;

/** What becomes of a run: Playwright takes the status of a reporter in place of its own. */
type RunEnd = { status?: FullResult["status"] } | undefined;

/**
 * Uploads the videos of tests as they end, and links to their clips in the terminal and in the reports that
 * are written after it.
 *
 * @example
 * reporter: [["list"], ["@clipcourier/playwright", { upload: "failed" }], ["html"]]
 */
export class ClipReporter implements Reporter {
  readonly #given: ReporterOptions & PlaywrightOptions;
  readonly #uploads: Upload[] = [];
  #options: ReadOptions | undefined;
  #config: FullConfig | undefined;
  #connecting: Promise<DirectUploadClient | undefined> = Promise.resolve(undefined);
  #queue: UploadQueue | undefined;
  /** Whether it was told that the service knows no chapters. */
  #lacksChapters = false;
  /** Whether something was told that should fail the run with `failOnError`. */
  #hasProblem = false;

  constructor(options: ReporterOptions & PlaywrightOptions = {}) {
    this.#given = options;
  }

  /** The progress of tests is left to the reporter that Playwright adds then. */
  printsToStdio(): boolean {
    return false;
  }

  /** Whether tests are listed and not run, as by `playwright test --list`. */
  get #isListing(): boolean {
    return this.#given._mode === "list";
  }

  onBegin(config: FullConfig): void {
    this.#config = config;
    if (this.#isListing) return;
    // What is thrown in a reporter is printed with its stack, and the run goes on without it.
    this.#connecting = this.#connect().catch((error: unknown) => this.#tellProblem(error));
    for (const line of describeOrder(config)) say(line);
  }

  onTestEnd(test: TestCase, result: TestResult): void {
    const options = this.#options;
    if (options === undefined || this.#queue === undefined) return;
    if (!isChosen(options.upload, test, result)) return;
    const attempt = nameAttempt(test, result);
    for (const video of listVideos(result)) {
      const { recording: index } = video;
      const hasFailed = isFailed(test, result);
      const failsAt = index !== undefined && hasFailed ? findFailure(result, index) : undefined;
      const chapters = index === undefined ? [] : findChapters(result, index, hasFailed);
      const name = nameClip(attempt, video);
      const recording = this.#queue.add({ ...video, name, chapters });
      this.#uploads.push({ test, result, failsAt, recording });
    }
  }

  async onEnd({ status }: Pick<FullResult, "status">): Promise<RunEnd> {
    if (this.#isListing) return undefined;
    const client = await this.#connecting;
    if (client === undefined) await this.#writeResults([]);
    else await this.#finish(status === "interrupted");
    await client?.close();
    // A run that was stopped, or took too long, has ended worse than by a clip that is missing.
    const canFail = status === "passed" || status === "failed";
    const failsRun = canFail && this.#hasProblem && this.#given.failOnError === true;
    return failsRun ? { status: "failed" } : undefined;
  }

  async #connect(): Promise<DirectUploadClient | undefined> {
    const options = readOptions(this.#given);
    this.#options = options;
    this.#queue = new UploadQueue({
      getClient: () => this.#connecting,
      concurrency: options.concurrency,
      linksFor:
        options.privateLinks === undefined ? undefined : parseLinkTime(options.privateLinks),
      onRecord: (record) => this.#tellFailure(record),
      onChaptersUnknown: () => this.#tellNoChapters(),
    });
    const client = await connect(options, process.env);
    if (client === undefined) {
      this.#queue = undefined;
      say(
        "@clipcourier/playwright uploads nothing: no service is configured. Set CLIPCOURIER_API_URL.",
      );
    }
    return client;
  }

  async #finish(isInterrupted: boolean): Promise<void> {
    const { waitAtEnd = 0 } = this.#options ?? {};
    const wait = isInterrupted ? Math.min(waitAtEnd, waitAfterInterrupt) : waitAtEnd;
    const isComplete = await this.#queue?.end(wait);
    const clips = await Promise.all(this.#uploads.map(toClip));
    const records = clips.map(({ record }) => record);
    for (const { test, result, signedLink: link } of clips) if (link) annotate(test, result, link);
    if (clips.length > 0) say(listClips(clips));
    const unlinked = this.#options?.privateLinks && describeUnlinked(records);
    if (unlinked) say(unlinked);
    if (isComplete === false) {
      this.#hasProblem = true;
      const missing = countOutcome(records, "skipped");
      const reason = isInterrupted ? "the run was interrupted" : "the option waitAtEnd";
      const time = formatDuration(wait);
      say(`${missing} of them were still under way ${time} after the tests (${reason}).`);
    }
    await this.#writeResults(records);
    await this.#comment(records, isInterrupted);
  }

  async #comment(records: readonly UploadRecord[], isInterrupted: boolean): Promise<void> {
    const { comment: commenting } = this.#options ?? {};
    if (!commenting) return;
    const { shard } = this.#config ?? {};
    if (isInterrupted) return say("No comment: the run was interrupted.");
    if (shard) return say(describeShard(shard));
    const key = commenting === true ? "clips" : commenting;
    for (const line of await comment(records, key, process.env)) say(line);
  }

  async #writeResults(records: readonly UploadRecord[]): Promise<void> {
    const { outputFile, configDir = process.cwd() } = this.#given;
    // Options can be wrong that nobody has checked.
    if (typeof outputFile !== "string" || outputFile === "") return;
    const file = nameResultsFile(outputFile, this.#config?.shard ?? null, configDir);
    try {
      await writeResultsFile(file, records);
    } catch (error) {
      this.#hasProblem = true;
      const reason = error instanceof Error ? error.message : String(error);
      say(`The results file ${file} was not written: ${reason}`);
    }
  }

  #tellProblem(error: unknown): undefined {
    this.#hasProblem = true;
    this.#queue = undefined;
    const reason = error instanceof Error ? error.message : String(error);
    say(`@clipcourier/playwright uploads nothing: ${reason}`);
  }

  #tellNoChapters(): void {
    if (!this.#lacksChapters) say("The clips have no chapters: the service does not know them.");
    this.#lacksChapters = true;
  }

  #tellFailure({ outcome, file, error }: UploadRecord): void {
    if (outcome !== "failed") return;
    this.#hasProblem = true;
    say(`No clip of ${file}: ${error?.message ?? "the reason is not known."}`);
  }
}

async function toClip({ test, result, failsAt, recording }: Upload) {
  const record = await recording;
  // Logs of a CI are read by more people than its reports are: they have no link that opens by itself.
  const link = record.url === null ? undefined : linkTo(record.url, failsAt);
  const signedLink = record.link === undefined ? link : linkTo(record.link, failsAt);
  return { test, result, record, link, signedLink, isFailed: isFailed(test, result) };
}

/** Each shard would write its clips in place of those of the others. */
const describeShard = ({ current, total }: { current: number; total: number }) =>
  `No comment: this is shard ${current} of ${total}, and the comment has the clips of all. Give the reporter an outputFile, and write the comment after all shards, with clipcourier comment or the action's gather.`;

// They write what they find when the run ends, one reporter after the other.
const writeAtEnd = ["html", "junit", "json"];

/** Says which reporters write too early to have the links. */
function describeOrder({ reporter }: Pick<FullConfig, "reporter">): string[] {
  const names = reporter.map(([name]) => name);
  const own = names.findIndex((name) => name === ownFile || name === "@clipcourier/playwright");
  const early = names.slice(0, Math.max(0, own)).filter((name) => writeAtEnd.includes(name));
  if (early.length === 0) return [];
  const list = early.join(", ");
  return [`The reporter ${list} has no links to clips: put it after @clipcourier/playwright.`];
}

const ownFile = fileURLToPath(new URL("./index.js", import.meta.url));
