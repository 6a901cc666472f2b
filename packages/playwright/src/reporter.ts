import { isAbsolute, relative, sep } from "node:path";
import { fileURLToPath } from "node:url";
import { nameFile, RecordedRun, say } from "@clipcourier/recordings";
import type {
  FullConfig,
  FullResult,
  Reporter,
  Suite,
  TestCase,
  TestResult,
} from "@playwright/test/reporter";
import { isChosen, isFailed, listScreenshots, listVideos } from "./attempts.js";
import { findChapters } from "./chapters.js";
import { TestNames } from "./clip-name.js";
import { annotate } from "./links.js";
import { findFailure } from "./moments.js";
import {
  type PlaywrightOptions,
  type ReadOptions,
  type ReporterOptions,
  readOptions,
} from "./options.js";

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
  readonly #run: RecordedRun;
  /** Whose recordings they are, in the order of the run's. */
  readonly #attempts: { test: TestCase; result: TestResult }[] = [];
  #options: ReadOptions | undefined;
  #config: FullConfig | undefined;
  #names = new TestNames();
  /** How many recordings Playwright has removed before they could be uploaded. */
  #removed = 0;

  constructor(options: ReporterOptions & PlaywrightOptions = {}) {
    this.#given = options;
    this.#run = new RecordedRun("@clipcourier/playwright", options.configDir ?? process.cwd());
  }

  /** The progress of tests is left to the reporter that Playwright adds then. */
  printsToStdio(): boolean {
    return false;
  }

  /** Whether tests are listed and not run, as by `playwright test --list`. */
  get #isListing(): boolean {
    return this.#given._mode === "list";
  }

  onBegin(config: FullConfig, suite: Pick<Suite, "allTests">): void {
    this.#config = config;
    this.#names = new TestNames(suite.allTests(), config.projects);
    if (this.#isListing) return;
    this.#options = this.#run.begin(this.#given, () => readOptions(this.#given));
    for (const line of describeOrder(config)) say(line);
  }

  onTestEnd(test: TestCase, result: TestResult): void {
    const options = this.#options;
    if (options === undefined || !this.#run.isUploading) return;
    if (!isChosen(options.upload, test, result)) return;
    const attempt = this.#names.nameAttempt(test, result);
    const hasFailed = isFailed(test, result);
    const isKept = this.#createFilter(test, hasFailed);
    for (const { recording, ...video } of listVideos(result).filter(isKept)) {
      const isKnown = recording !== undefined;
      const failsAt = isKnown && hasFailed ? findFailure(result, recording) : undefined;
      const chapters = isKnown ? findChapters(result, recording, hasFailed) : [];
      const name = nameFile(attempt, video, ".webm");
      this.#attempts.push({ test, result });
      const file = { ...video, kind: "video", name, chapters } as const;
      this.#run.add(file, { failsAt, isFailed: hasFailed });
    }
    if (!options.screenshots) return;
    const pictures = listScreenshots(result).filter(isKept);
    for (const { title, extension, index, ...picture } of pictures) {
      // Its type is told, and its file can be called anything.
      const name = nameFile(`${attempt} › ${title}`, { index }, extension);
      this.#attempts.push({ test, result });
      this.#run.add({ ...picture, kind: "screenshot", name }, { isFailed: hasFailed });
    }
  }

  /** Whether a recording is there until it is uploaded. Those that are not are counted. */
  #createFilter(test: TestCase, hasFailed: boolean): (recording: { path?: string }) => boolean {
    const { preserveOutput = "always" } = this.#config ?? {};
    const folder = test.parent.project()?.outputDir;
    if (folder === undefined || keepsOutput(preserveOutput, hasFailed)) return () => true;
    return ({ path }) => {
      const isRemoved = path !== undefined && isWithin(folder, path);
      if (isRemoved) this.#removed += 1;
      return !isRemoved;
    };
  }

  async onEnd({ status }: Pick<FullResult, "status">): Promise<RunEnd> {
    if (this.#isListing) return undefined;
    const { shard = null, preserveOutput } = this.#config ?? {};
    if (this.#removed > 0) this.#run.tellProblem(describeRemoved(this.#removed, preserveOutput));
    const clips = await this.#run.end({ isInterrupted: status === "interrupted", shard });
    for (const [index, { signedLink: link }] of clips.entries()) {
      const attempt = this.#attempts[index];
      if (attempt && link) annotate(attempt.test, attempt.result, link);
    }
    // A run that was stopped, or took too long, has ended worse than by a clip that is missing.
    const canFail = status === "passed" || status === "failed";
    const failsRun = canFail && this.#run.hasProblem && this.#given.failOnError === true;
    return failsRun ? { status: "failed" } : undefined;
  }
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

/** Playwright begins to remove what it does not keep when it says that the test has ended. */
function keepsOutput(preserve: FullConfig["preserveOutput"], hasFailed: boolean): boolean {
  return preserve === "always" || (preserve === "failures-only" && hasFailed);
}

function isWithin(folder: string, file: string): boolean {
  const way = relative(folder, file);
  return way !== "" && !isAbsolute(way) && way.split(sep)[0] !== "..";
}

function describeRemoved(count: number, preserve = "always"): string {
  const subject =
    count === 1 ? "1 recording of a test has no clip" : `${count} recordings of tests have no clip`;
  const all = `Set preserveOutput: "always" in the config of Playwright to have their clips`;
  const some = `or upload: "failed" for this reporter to have none of tests that passed`;
  return preserve === "failures-only"
    ? `${subject}: with preserveOutput: "failures-only" Playwright removes those of tests that passed before they can be uploaded. ${all}, ${some}.`
    : `${subject}: with preserveOutput: "never" Playwright removes them before they can be uploaded. ${all}, or "failures-only" for those of tests that failed.`;
}

const ownFile = fileURLToPath(new URL("./index.js", import.meta.url));
