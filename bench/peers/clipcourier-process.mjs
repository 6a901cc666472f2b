// JavaScript, so that the time to strip types is not measured as the library's.
import { DirectUploadClient } from "@clipcourier/core";

const { rootUrl, verifyParts, paths } = JSON.parse(process.argv[2] ?? "");
const client = new DirectUploadClient({ rootUrl, appId: "bench", appSecret: "bench" });
if (paths.length === 1) {
  await client.upload(paths[0], { verifyParts });
} else {
  for await (const outcome of client.uploadAll(paths, { verifyParts })) {
    if (outcome.error) throw outcome.error;
  }
}
