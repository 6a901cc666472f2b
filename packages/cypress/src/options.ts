import {
  type ReadOptions as ReadRecordingOptions,
  type RecordingOptions,
  readRecordingOptions,
} from "@clipcourier/recordings";

const uploads = ["all", "failed"] as const;

/** What the plugin takes in `cypress.config.ts`. */
export interface PluginOptions extends RecordingOptions {
  /**
   * Of which specs the videos are uploaded; `failed`: of those in which a test has failed in all its attempts.
   *
   * @default "all"
   */
  upload?: (typeof uploads)[number];
}

export type ReadOptions = ReadRecordingOptions<(typeof uploads)[number]>;

/** Checks the options. Throws UsageError as `readRecordingOptions`. */
export function readOptions(given: object): ReadOptions {
  return readRecordingOptions(given, uploads);
}
