/** What the surviving mutants of a file are, where that is known. */
export const remarks: Readonly<Record<string, string>> = {
  "packages/core/src/http/retry-budget.ts": "the clock that is used outside of tests",
  "packages/core/src/http/retry.ts":
    "equal to the code: an error that is not the client's own says nothing of being retryable, and a pause fails only by its signal",
  "packages/core/src/parts/journal.ts":
    "equal: a write without a file fails into the same `catch`, a file that is not there is no error either way, and an empty `catch` gives `undefined`, too. Not reached here: a full disk, which `failing-disk` and `healing` provoke",
  "packages/core/src/parts/stored-parts.ts":
    "equal: only parts that were found are asked for; after it has forgotten everything there was something to forget",
};
