/**
 * An upload in a process of its own, which tells what it cost.
 *
 *   node measured-upload.ts '{"rootUrl": "…", "file": "…", "until": "upload"}'
 *
 * It ends when the phase `until` begins, or with the upload. Prints JSON: `delay`, the 99th
 * percentile of the event loop's delay in ms, `idle`, the same of a thread beside it that does
 * nothing, so what the machine alone delays, and `memory`, the most that was resident, in MiB.
 */
import { once } from "node:events";
import { monitorEventLoopDelay } from "node:perf_hooks";
import { Worker } from "node:worker_threads";
import { DirectUploadClient, isDirectUploadError } from "@clipcourier/core";

const { rootUrl, file, until } = JSON.parse(process.argv[2] ?? "");
const credentials = { appId: "app", accessKey: "key", accessToken: "token" };
await using client = new DirectUploadClient({ rootUrl, proxyEnv: {}, ...credentials });
const controller = new AbortController();
const idle = new Worker(
  `const { monitorEventLoopDelay } = require("node:perf_hooks");
  const { parentPort } = require("node:worker_threads");
  const delay = monitorEventLoopDelay({ resolution: 1 });
  delay.enable();
  parentPort.once("message", () => parentPort.postMessage(delay.percentile(99)));
  parentPort.postMessage("ready");`,
  { eval: true },
);
await once(idle, "message");
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
idle.postMessage("enough");
const [idleDelay] = await once(idle, "message");
console.log(
  JSON.stringify({
    delay: delay.percentile(99) / 1e6,
    idle: idleDelay / 1e6,
    memory: process.resourceUsage().maxRSS / 1024,
  }),
);
