import {
  type ReadOptions as ReadRecordingOptions,
  type RecordingOptions,
  readRecordingOptions,
} from "@clipcourier/recordings";

const uploads = ["all", "failed", "retried"] as const;

/**
 * What the reporter takes in `playwright.config.ts`. In a sharded run the number of the shard is added to the
 * name of the `outputFile`: `clips-2.json`. In shards no `comment` is written: each would replace the clips of
 * the others.
 */
export interface ReporterOptions extends RecordingOptions {
  /**
   * Of which attempts at tests the videos are uploaded, as far as Playwright kept them: `failed`: those
   * that did not end as expected; `retried`: all attempts at tests that were begun again.
   *
   * @default "all"
   */
  upload?: (typeof uploads)[number];
}

/** What Playwright adds to the options of every reporter. */
export interface PlaywrightOptions {
  /** The folder of the config file. */
  configDir?: string;
  /** Why the reporter is made: `test`, `list` for `--list`, `merge` for `merge-reports`. */
  _mode?: string;
}

export type ReadOptions = ReadRecordingOptions<(typeof uploads)[number]>;

// What Playwright gives every reporter, and may give them in later versions.
const ofPlaywright = /^(configDir|_.*)$/;

/** Checks the options. Throws UsageError as `readRecordingOptions`. */
export function readOptions(given: object): ReadOptions {
  return readRecordingOptions(given, uploads, ofPlaywright);
}
