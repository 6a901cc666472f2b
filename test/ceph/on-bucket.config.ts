import { join } from "node:path";
import { shareConfig } from "../../vitest.shared.ts";

/** Files that do not run on a bucket, by what they are about. */
const left = {
  // The folder itself: its files, its part URLs and what an earlier version has left in it.
  folder: ["folder-*", "accounts", "damage", "take-over*"],
  // They turn the clock of the service, and the engine takes no request whose time is not its own.
  clock: ["account-limits", "pull-requests", "retention-history"],
  // One part of the service, without a store.
  noStore: [
    "body-pace",
    "bucket-url",
    "client-addresses",
    "connection-limits",
    "keyless-rules",
    "log-throttle",
    "media-*",
    "sign-url",
    "upload-parts",
  ],
};

export default shareConfig("ceph-protocol", {
  root: join(import.meta.dirname, "../.."),
  include: [
    "packages/service/test/*.test.ts",
    "packages/cli/test/{upload,clips,files}.test.ts",
    "test/{upload,resume,recovery,keyless,batch,batch-flow}.test.ts",
  ],
  exclude: [...left.folder, ...left.clock, ...left.noStore].map(
    (name) => `packages/service/test/${name}.test.ts`,
  ),
  globalSetup: join(import.meta.dirname, "shared-bucket.ts"),
  maxWorkers: 2,
});
