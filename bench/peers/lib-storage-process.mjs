// JavaScript, so that the time to strip types is not measured as the library's.
import { createReadStream } from "node:fs";
import { basename } from "node:path";
import { S3Client } from "@aws-sdk/client-s3";
import { Upload } from "@aws-sdk/lib-storage";

const task = JSON.parse(process.argv[2] ?? "");
const client = new S3Client({
  endpoint: task.endpoint,
  region: task.region,
  credentials: { accessKeyId: task.accessKey, secretAccessKey: task.secretKey },
  forcePathStyle: true,
});

async function uploadNext() {
  for (let path = task.paths.shift(); path !== undefined; path = task.paths.shift()) {
    const Body = createReadStream(path);
    const params = { Bucket: task.bucket, Key: basename(path), Body };
    await new Upload({ client, params, partSize: task.partSize, queueSize: 4 }).done();
  }
}

// Four files at once, if there are several.
await Promise.all([uploadNext(), uploadNext(), uploadNext(), uploadNext()]);
client.destroy();
