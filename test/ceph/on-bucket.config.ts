import { join } from "node:path";
import { shareConfig } from "../../vitest.shared.ts";

/** Files that do not run on a bucket, by what they are about. */
const left = {
  // The folder itself: its files, its part URLs and what an earlier version has left in it.
  folder: ["folder-*", "accounts", "damage", "take-over*"],
  // They turn the clock of the service, and the engine takes no request whose time is not its own.
  clock: ["account-limits", "closed-pull-requests", "pull-requests", "retention-*"],
  // One part of the service, without a store.
  noStore: [
    "body-pace",
    "bucket-url",
    "choose-engine",
    "client-addresses",
    "compare-videos",
    "connection-limits",
    "keyless-rules",
    "log-throttle",
    "media-*",
    "sign-in-rules",
    "sign-url",
    "upload-parts",
    "webhook-addresses",
  ],
};

export const onBucket = {
  root: join(import.meta.dirname, "../.."),
  include: [
    "packages/service/test/*.{test,flow}.ts",
    "packages/cli/test/{clips,files,upload}.flow.ts",
    "test/{batch,keyless}.test.ts",
    "test/{batch-flow,recovery,resume,upload}.flow.ts",
  ],
  exclude: [...left.folder, ...left.clock, ...left.noStore].map(
    (name) => `packages/service/test/${name}.{test,flow}.ts`,
  ),
  globalSetup: join(import.meta.dirname, "shared-bucket.ts"),
  maxWorkers: 2,
};

export default shareConfig("ceph-protocol", onBucket);
