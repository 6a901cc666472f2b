import { createBucket } from "./ceph-bucket.js";
import { openS3Store } from "./s3-store-under-test.js";
import { testObjectStore } from "./store-contract.js";

testObjectStore("the store in a bucket, on Ceph", async () => {
  const { client, options } = await createBucket();
  client.destroy();
  return openS3Store({ ...options, prefix: "team/videos" });
});

// The bucket of another engine, with the credentials that the SDK finds.
const { CLIPCOURIER_TEST_S3_BUCKET: bucket, CLIPCOURIER_TEST_S3_REGION: region } = process.env;
if (bucket !== undefined) {
  const endpoint = process.env.CLIPCOURIER_TEST_S3_ENDPOINT;
  const forcePathStyle = process.env.CLIPCOURIER_TEST_S3_PATH_STYLE === "1";
  testObjectStore(`the store in the bucket ${bucket}`, () =>
    openS3Store({ bucket, endpoint, region, forcePathStyle }),
  );
}
