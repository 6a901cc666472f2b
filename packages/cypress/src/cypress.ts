/*
 * What Cypress gives its plugins, as far as it is used here. Its own types come with a package that downloads
 * a browser, so they are not needed to build this one; a test checks that they fit.
 */

/** The settings of a run. */
export interface CypressConfig {
  /** The folder of the config file. */
  projectRoot: string;
  /** Whether tests are run to the end, as by `cypress run`, or looked at, as by `cypress open`. */
  isTextTerminal?: boolean | undefined;
}

/** A file with tests. */
export interface CypressSpec {
  /** Its path from the folder of the config file. */
  relative: string;
}

/** What became of a spec. */
export interface CypressSpecResults {
  /** Where its video is; `null` where none was recorded, or where the setting `video` is off. */
  video: string | null;
  /** In the order in which they were taken. */
  screenshots: readonly { path: string }[];
  stats: { failures: number };
}

/** What became of a run. */
export type CypressRun =
  | { status: "failed"; message: string }
  /** Of how many specs; only what is used here. */
  | { totalTests: number };
