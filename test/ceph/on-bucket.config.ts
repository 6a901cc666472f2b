import { join } from "node:path";
import { shareConfig } from "../../vitest.shared.ts";

/** Files that do not run on a bucket, by what they are about. */
const left = {
  // The folder itself: its files, its part URLs and what an earlier version has left in it.
  folder: ["folder-*", "accounts", "damage", "take-over*"],
  // They turn the clock of the service, and the engine takes no request whose time is not its own.
  clock: ["account-limits", "closed-pull-requests", "pull-requests", "retention-*"],
  // What is answered by rules, whatever keeps the clips: there is no other call of a store in these files
  // than in those that stay.
  answers: [
    "audit",
    "bad-input",
    "clip-fields",
    "clip-texts",
    "embedded",
    "failures",
    "keyless-*",
    "photo-pages",
    "request-ids",
    "sign-in-gate",
    "sign-in-limits",
    "unfurling",
  ],
  // One part of the service, without a store.
  noStore: [
    "body-pace",
    "bucket-url",
    "choose-engine",
    "client-addresses",
    "clip-ids",
    "clip-state",
    "compare-timeline",
    "compare-videos",
    "connection-limits",
    "log-throttle",
    "media-*",
    "name-file",
    "photo-type",
    "pid-space",
    "sign-in-rules",
    "sign-url",
    "upload-parts",
    "webhook-addresses",
  ],
};

export default shareConfig("ceph-protocol", {
  root: join(import.meta.dirname, "../.."),
  include: [
    "packages/service/test/*.{test,flow}.ts",
    "packages/cli/test/upload.flow.ts",
    "test/{recovery,resume,upload}.flow.ts",
  ],
  exclude: Object.values(left)
    .flat()
    .map((name) => `packages/service/test/${name}.{test,flow}.ts`),
  globalSetup: join(import.meta.dirname, "shared-bucket.ts"),
  maxWorkers: 2,
});
