/**
 * The service of one checkout: `node service-process.mjs CHECKOUT GROUND`, where the ground is
 * `{"folder": …}` or `{"bucket": …}` as JSON. It prints where it listens and an app of its own, as one
 * line of JSON. The checkout has to be built.
 */
import { join } from "node:path";
import { pathToFileURL } from "node:url";

const [checkout = "", ground = "{}"] = process.argv.slice(2);
const entry = pathToFileURL(join(checkout, "packages/service/dist/index.js")).href;
const { openAccounts, startService } = await import(entry);
const options = JSON.parse(ground);
const service = await startService({ ...options, media: null });
// Earlier versions have no accounts of the running service.
const accounts = service.accounts ?? openAccounts(options.folder);
const app = await accounts.createApp();
console.log(JSON.stringify({ rootUrl: service.rootUrl, ...app }));
