/**
 * The service of one checkout on a folder: `node service-process.mjs CHECKOUT FOLDER`. It prints
 * where it listens and an app of its own, as one line of JSON. The checkout has to be built.
 */
import { join } from "node:path";
import { pathToFileURL } from "node:url";

const [checkout = "", folder = ""] = process.argv.slice(2);
const entry = pathToFileURL(join(checkout, "packages/service/dist/index.js")).href;
const { openAccounts, startService } = await import(entry);
const service = await startService({ folder, media: null });
const { appId, appSecret } = await openAccounts(folder).createApp();
console.log(JSON.stringify({ rootUrl: service.rootUrl, appId, appSecret }));
