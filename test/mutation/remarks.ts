/** What the surviving mutants of a file are, where that is known. */
export const remarks: Readonly<Record<string, string>> = {
  "packages/core/src/http/retry-budget.ts": "the clock that is used outside of tests",
  "packages/core/src/http/retry.ts":
    "equal to the code: an error that is not the client's own says nothing of being retryable, and a pause fails only by its signal",
  "packages/core/src/parts/journal.ts":
    "equal: a write without a file fails into the same `catch`, a file that is not there is no error either way, and an empty `catch` gives `undefined`, too. Not reached here: a full disk, which `failing-disk` and `healing` provoke",
  "packages/core/src/parts/stored-parts.ts":
    "equal: only parts that were found are asked for; after it has forgotten everything there was something to forget",
  "packages/service/src/auth/auth.ts":
    "equal: what is missing in a request, or of a session, is refused by the next check as well, only the service itself signs tokens, and nothing but an issuer that is out of reach fails there",
  "packages/service/src/auth/folder-secret.ts":
    "a folder that another process makes or fills between two looks; equal: in a folder that is not there any name but the service's own says nothing",
  "packages/service/src/auth/service-secret.ts":
    "equal: one clip or many are listed to see that there are some",
  "packages/service/src/catalog/json-objects.ts":
    "deleting without the condition differs only where another process writes between the look and the deletion, and an object that is gone by then. Not reached here: the line in the log, which `damage` provokes",
};
