/** Milliseconds. */
export const hour = 60 * 60 * 1000;
export const day = 24 * hour;

/** When the tests of the days begin for which clips are kept. */
export const start = Date.parse("2026-11-29T12:00:00Z");

export const forDays = (retentionDays: number) => ({ accountLimits: { retentionDays } });
export const forPulls = (pullRequestDays: number | "none") => ({
  accountLimits: { pullRequestDays },
});
