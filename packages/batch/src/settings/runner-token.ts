import { setTimeout as sleep } from "node:timers/promises";
import { createUndiciTransport, type TransportAnswer } from "@clipcourier/core";

/** Where the runner of GitHub, Forgejo or Gitea gives ID tokens to its job. */
export interface Runner {
  url: string;
  /** Proves that it is the job that asks. */
  requestToken: string;
}

/** The runner; `undefined` where this is none, or the job may have no ID token. */
export function findRunner(env: NodeJS.ProcessEnv): Runner | undefined {
  const { ACTIONS_ID_TOKEN_REQUEST_URL: url, ACTIONS_ID_TOKEN_REQUEST_TOKEN: requestToken } = env;
  if (!url || !requestToken || !URL.canParse(url)) return undefined;
  return { url, requestToken };
}

// Milliseconds.
const longestRequest = 10_000;
const pauses = [500, 2_000];

/**
 * Asks the runner for a token for the audience, up to three times.
 *
 * @throws Error that says what the runner answered
 */
export async function requestRunnerToken(runner: Runner, audience: string): Promise<string> {
  const transport = createUndiciTransport();
  try {
    for (const pause of pauses) {
      const answer = await ask(runner, audience, transport).catch(() => undefined);
      if (answer !== undefined && answer.status < 500 && answer.status !== 429) {
        return readValue(answer);
      }
      await sleep(pause);
    }
    return readValue(await ask(runner, audience, transport));
  } finally {
    await transport.close?.();
  }
}

async function ask(
  { url, requestToken }: Runner,
  audience: string,
  transport: ReturnType<typeof createUndiciTransport>,
): Promise<TransportAnswer> {
  const address = new URL(url);
  address.searchParams.set("audience", audience);
  return transport.send({
    method: "GET",
    url: address.href,
    headers: { authorization: `Bearer ${requestToken}`, accept: "application/json" },
    signal: AbortSignal.timeout(longestRequest),
  });
}

function readValue({ status, body }: TransportAnswer): string {
  if (status !== 200) {
    throw new Error(`the runner answered with ${status}. Run the job again.`);
  }
  const value = parse(body);
  if (value !== undefined) return value;
  throw new Error("the runner's answer holds no token. Run the job again.");
}

function parse(body: string): string | undefined {
  try {
    const answer: unknown = JSON.parse(body);
    if (typeof answer !== "object" || answer === null || !("value" in answer)) return undefined;
    return typeof answer.value === "string" ? answer.value : undefined;
  } catch {
    return undefined;
  }
}
