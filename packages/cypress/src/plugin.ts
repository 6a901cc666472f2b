import { access, readdir } from "node:fs/promises";
import path from "node:path";
import { nameFile, RecordedRun, say } from "@clipcourier/recordings";
import type { CypressConfig, CypressRun, CypressSpec, CypressSpecResults } from "./cypress.js";
import { type PluginOptions, readOptions } from "./options.js";

/** What Cypress calls. Each returns a promise that Cypress waits for. */
export interface ClipHandlers {
  /** For the event `after:spec`: begins to upload what the spec has recorded. */
  afterSpec(spec: CypressSpec, results: CypressSpecResults | undefined): Promise<void>;
  /** For the event `after:run`: waits for the uploads, and tells what has become of them. */
  afterRun(results: CypressRun | undefined): Promise<void>;
}

/** The part of the function `on` of Cypress that is used here. */
export interface CypressEvents {
  (event: "after:spec", handler: ClipHandlers["afterSpec"]): unknown;
  (event: "after:run", handler: ClipHandlers["afterRun"]): unknown;
}

/**
 * Uploads the videos of specs as they end, and links to their clips in the terminal, in the results file and
 * in the comment. Does nothing in `cypress open`.
 *
 * Cypress knows one handler for each event: a later one takes the place of an earlier one. A config that has
 * handlers of its own for `after:spec` or `after:run` calls those of {@link createClipHandlers} in them.
 *
 * @example
 * setupNodeEvents(on, config) {
 *   clips(on, config, { upload: "failed" });
 * }
 */
export function clips(on: CypressEvents, config: CypressConfig, options: PluginOptions = {}): void {
  if (isOpened(config)) return;
  const { afterSpec, afterRun } = createClipHandlers(config, options);
  on("after:spec", afterSpec);
  on("after:run", afterRun);
}

/**
 * The handlers that {@link clips} gives to Cypress. In `cypress open` they do nothing.
 *
 * @example
 * const clips = createClipHandlers(config);
 * on("after:spec", async (spec, results) => {
 *   await clips.afterSpec(spec, results);
 *   // What else is to be done with a spec. Its video is read until `after:run`: it must stay until then.
 * });
 * on("after:run", clips.afterRun);
 */
export function createClipHandlers(config: CypressConfig, given: PluginOptions = {}): ClipHandlers {
  if (isOpened(config)) return { afterSpec: async () => {}, afterRun: async () => {} };
  const run = new RecordedRun("@clipcourier/cypress", config.projectRoot);
  const options = run.begin(given, () => readOptions(given));
  return {
    async afterSpec(spec, results) {
      // Without results nothing was recorded.
      if (results === undefined || options === undefined || !run.isUploading) return;
      const isFailed = results.stats.failures > 0;
      if (options.upload === "failed" && !isFailed) return;
      const title = await nameSpec(spec, config.projectRoot);
      await addRecordings(run, { ...spec, title }, results, options.screenshots);
    },
    async afterRun(results) {
      const isInterrupted = results !== undefined && "status" in results;
      await run.end({ isInterrupted });
      if (run.hasProblem && given.failOnError === true) {
        throw new Error("Not every recording has a clip, and the option failOnError is set.");
      }
    },
  };
}

/** Whether tests are looked at, as by `cypress open`, and not run to the end. */
function isOpened({ isTextTerminal }: CypressConfig): boolean {
  return isTextTerminal === false;
}

async function addRecordings(
  run: RecordedRun,
  spec: CypressSpec & { title: string },
  { video, screenshots, stats }: CypressSpecResults,
  hasScreenshots: boolean,
): Promise<void> {
  const isFailed = stats.failures > 0;
  const { title } = spec;
  if (video) {
    if (await exists(video)) {
      const name = nameFile(title, { path: video, index: 0 }, ".mp4");
      run.add({ kind: "video", name, path: video }, { isFailed });
    } else say(`No clip of ${title}: its video ${video} was removed before it could be uploaded.`);
  }
  if (!hasScreenshots) return;
  for (const { path: picture } of screenshots) {
    const fullTitle = `${title} › ${nameScreenshot(picture, spec)}`;
    const name = nameFile(fullTitle, { path: picture, index: 0 }, ".png");
    run.add({ kind: "screenshot", name, path: picture }, { isFailed });
  }
}

const ending = /(\.cy|\.spec|\.test)?\.[cm]?[jt]sx?$/;

/**
 * The same spec has the same name in every run, whichever others that has: `shop › cart`. Beside another file
 * of that name it has its ending: `shop › cart.cy.ts`.
 */
async function nameSpec({ relative }: CypressSpec, projectRoot: string): Promise<string> {
  const file = relative.replace(/^cypress[\\/](e2e|integration|component)[\\/]/, "");
  // A folder that cannot be read names no others.
  const names = await readdir(path.resolve(projectRoot, path.dirname(relative))).catch(() => []);
  const isWhole = names.some((name) => isNamedAlike(name, path.basename(relative)));
  return (isWhole ? file : file.replace(ending, "")).replaceAll(/[\\/]/g, " › ");
}

/** Whether two files are specs of one name. Beside `cart.cy.ts`, `cart.ts` is what its tests import. */
function isNamedAlike(one: string, other: string): boolean {
  const [first, second] = [ending.exec(one), ending.exec(other)];
  if (one === other || first === null || second === null) return false;
  const isSameKind = (first[1] === undefined) === (second[1] === undefined);
  return isSameKind && one.slice(0, first.index) === other.slice(0, second.index);
}

/**
 * What it was taken as, as by `cy.screenshot("a/cart")`: `a › cart`. Cypress keeps the screenshots of a spec in
 * a folder with the name of its file.
 */
function nameScreenshot(file: string, { relative }: CypressSpec): string {
  const { dir, name } = path.parse(file);
  const folders = dir.split(/[\\/]/);
  const ofSpec = folders.lastIndexOf(relative.split(/[\\/]/).at(-1) ?? "");
  const below = ofSpec === -1 ? [] : folders.slice(ofSpec + 1);
  return [...below, name].join(" › ");
}

async function exists(file: string): Promise<boolean> {
  return access(file).then(
    () => true,
    () => false,
  );
}
