import { shareConfig } from "../../vitest.shared.ts";
import { onBucket } from "./on-bucket.config.ts";

/** Files that are for the most part about what is answered, and call the store as the others do. */
const answers = [
  "packages/service/test/{audit,bad-input,clip-fields,clip-texts,embedded,failures}.test.ts",
  "packages/service/test/keyless*.{test,flow}.ts",
  "packages/service/test/{photo-pages,request-ids,sign-in-gate,sign-in-limits,unfurling}.test.ts",
  "packages/service/test/{clip-ids,clip-state,compare-timeline,name-file,photo-type,pid-space}.test.ts",
  "packages/cli/test/{clips,files}.flow.ts",
  "test/{batch,keyless}.test.ts",
  "test/batch-flow.flow.ts",
];

export default shareConfig("ceph-protocol", {
  ...onBucket,
  exclude: [...onBucket.exclude, ...answers],
});
