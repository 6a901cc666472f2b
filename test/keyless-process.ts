/**
 * An upload as a step of a workflow does it, with what the runner gives and no keys:
 *
 *   node keyless-process.ts <root URL> <file>
 *
 * Prints the result as JSON.
 */
import { DirectUploadClient } from "@clipcourier/core";

const [rootUrl = "", file = ""] = process.argv.slice(2);

/** As `getIDToken` of `@actions/core` asks the runner. */
async function getIdToken(audience: string): Promise<string> {
  const url = new URL(process.env.ACTIONS_ID_TOKEN_REQUEST_URL ?? "");
  url.searchParams.set("audience", audience);
  const authorization = `Bearer ${process.env.ACTIONS_ID_TOKEN_REQUEST_TOKEN}`;
  const answer = await fetch(url, { headers: { authorization } });
  const { value } = (await answer.json()) as { value: string };
  return value;
}

const client = new DirectUploadClient({ rootUrl, appId: "github", getIdToken, proxyEnv: {} });
console.log(JSON.stringify(await client.upload(file)));
