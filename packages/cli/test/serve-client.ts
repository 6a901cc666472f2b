import { DirectUploadClient } from "@clipcourier/core";
import { Cli } from "./run-cli.js";

/** Starts `serve` in a folder, and a client of it with the keys that it prints. */
export async function startServe(cwd: string, ...args: string[]): Promise<DirectUploadClient> {
  const cli = new Cli(["serve", "--port", "0", ...args], { cwd });
  await cli.waitFor("CLIPCOURIER_APP_SECRET");
  const read = (pattern: RegExp) => pattern.exec(cli.stdout)?.[1] ?? "";
  return new DirectUploadClient({
    rootUrl: `${read(/Clipcourier is up at (\S+)/)}v2.7/`,
    appId: read(/APP_ID(?: = "|=)([^\s"]+)/),
    appSecret: read(/APP_SECRET(?: = "|=)([^\s"]+)/),
    proxyEnv: {},
  });
}
