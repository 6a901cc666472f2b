/**
 * An upload in a process of its own, which tells what it cost.
 *
 *   node measured-upload.ts '{"rootUrl": "…", "file": "…", "until": "upload"}'
 *
 * It ends when the phase `until` begins, or with the upload. Prints JSON: `delay`, the 99th
 * percentile of the event loop's delay in ms, and `memory`, the most that was resident, in MiB.
 */
import { monitorEventLoopDelay } from "node:perf_hooks";
import { DirectUploadClient, isDirectUploadError } from "@clipcourier/core";

const { rootUrl, file, until } = JSON.parse(process.argv[2] ?? "");
const credentials = { appId: "app", accessKey: "key", accessToken: "token" };
await using client = new DirectUploadClient({ rootUrl, proxyEnv: {}, ...credentials });
const controller = new AbortController();
const delay = monitorEventLoopDelay({ resolution: 1 });
delay.enable();
try {
  await client.upload(file, {
    signal: controller.signal,
    onProgress: ({ phase }) => {
      if (phase === until) controller.abort();
    },
  });
} catch (error) {
  if (!isDirectUploadError(error, "aborted")) throw error;
}
delay.disable();
console.log(
  JSON.stringify({
    delay: delay.percentile(99) / 1e6,
    memory: process.resourceUsage().maxRSS / 1024,
  }),
);
