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
import { nameAttempt, nameClip } from "./clip-name.js";
import { comment } from "./comment.js";
import { annotate, linkTo } from "./links.js";
import { findFailure } from "./moments.js";
import { type ReadOptions, type ReporterOptions, readOptions } from "./options.js";
import { nameResultsFile } from "./results.js";
import { connect } from "./service.js";
import { listClips, say } from "./terminal.js";
import { UploadQueue } from "./upload-queue.js";

/** A video of an attempt, and what becomes of it. */
interface Upload {
  test: TestCase;
  result: TestResult;
  /** The second at which the failing step begins, where it is known. */
  failsAt: number | undefined;
  recording: Promise<UploadRecord>;
}

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
  readonly #given: ReporterOptions;
  readonly #uploads: Upload[] = [];
  #options: ReadOptions | undefined;
  #config: FullConfig | undefined;
  #connecting: Promise<DirectUploadClient | undefined> = Promise.resolve(undefined);
  #queue: UploadQueue | undefined;
  /** Whether something was told that should fail the run with `failOnError`. */
  #hasProblem = false;

  constructor(options: ReporterOptions = {}) {
    this.#given = options;
  }

  /** The progress of tests is left to the reporter that Playwright adds then. */
  printsToStdio(): boolean {
    return false;
  }

  onBegin(config: FullConfig): void {
    this.#config = config;
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
      const isTimed = index !== undefined && isFailed(test, result);
      const failsAt = isTimed ? findFailure(result, index) : undefined;
      const recording = this.#queue.add({ ...video, name: nameClip(attempt, video) });
      this.#uploads.push({ test, result, failsAt, recording });
    }
  }

  async onEnd(): Promise<RunEnd> {
    const client = await this.#connecting;
    if (client !== undefined) await this.#finish();
    await client?.close();
    const failsRun = this.#hasProblem && this.#given.failOnError === true;
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

  async #finish(): Promise<void> {
    const { waitAtEnd = 0, outputFile, comment: commenting } = this.#options ?? {};
    const isComplete = await this.#queue?.end(waitAtEnd);
    const clips = await Promise.all(this.#uploads.map(toClip));
    const records = clips.map(({ record }) => record);
    for (const { test, result, signedLink: link } of clips) if (link) annotate(test, result, link);
    if (clips.length > 0) say(listClips(clips));
    if (isComplete === false) {
      this.#hasProblem = true;
      const missing = countOutcome(records, "skipped");
      const time = formatDuration(waitAtEnd);
      say(
        `${missing} of them were still under way ${time} after the tests (the option waitAtEnd).`,
      );
    }
    if (outputFile !== undefined) await this.#writeResults(outputFile, records);
    if (commenting) {
      const key = commenting === true ? "clips" : commenting;
      for (const line of await comment(records, key, process.env)) say(line);
    }
  }

  async #writeResults(outputFile: string, records: readonly UploadRecord[]): Promise<void> {
    const { shard = null } = this.#config ?? {};
    const file = nameResultsFile(outputFile, shard, process.cwd());
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
