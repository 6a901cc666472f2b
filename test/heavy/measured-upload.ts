/**
 * An upload, or a batch, in a process of its own, which prints what it cost.
 *
 *   node measured-upload.ts '{"rootUrl": "…", "files": ["…"], "until": "upload"}'
 *
 * It ends when the phase `until` begins, or with the upload. Prints JSON: `blocked`, the 99th
 * percentile of the ms that the main thread works without a pause, and `memory`, the most that was
 * resident, in MiB. Work is counted in CPU time, which other work on the machine does not change.
 */
import { DirectUploadClient } from "@clipcourier/core";

const { rootUrl, files, until } = JSON.parse(process.argv[2] ?? "");
const credentials = { appId: "app", accessKey: "key", accessToken: "token" };
await using client = new DirectUploadClient({ rootUrl, proxyEnv: {}, ...credentials });
const controller = new AbortController();
const stretches: number[] = [];
let before = process.threadCpuUsage();
// A timer is kept from its turn for as long as other work goes on.
const timer = setInterval(() => {
  const { user, system } = process.threadCpuUsage(before);
  before = process.threadCpuUsage();
  stretches.push((user + system) / 1000);
}, 1);
const outcomes = client.uploadAll(files, {
  signal: controller.signal,
  onProgress: ({ phase }) => {
    if (phase === until) controller.abort();
  },
});
for await (const { error } of outcomes) {
  if (error !== undefined && error.code !== "aborted") throw error;
}
clearInterval(timer);
stretches.sort((a, b) => a - b);
console.log(
  JSON.stringify({
    blocked: stretches[Math.floor(stretches.length * 0.99)],
    memory: process.resourceUsage().maxRSS / 1024,
  }),
);
