import type { WireSession } from "@clipcourier/core/wire";
import type { Context } from "hono";
import type { Caller } from "../../auth/sign-in-gate.js";
import { HttpError } from "../../http-error.js";
import type { Measure, SignInOutcome } from "../../metrics/measure.js";
import type { Backend, Route } from "../backend.js";
import { findClient } from "../connection.js";
import { readParameters } from "../request-body.js";

// Bytes. Anyone can send these bodies; an ID token of GitHub has about 2,000.
const maxBodySize = 64 * 1024;

/** `POST /login/app`: exchanges an app's secret for an access key and token. */
export const signInApp: Route = async (c, backend) => {
  const { appId, parameters, caller } = await readSignIn(c, backend);
  return answer(backend, "app", backend.auth.signInApp(appId, parameters, caller));
};

/** `POST /login`: exchanges a user's password for an access key and token. */
export const signInUser: Route = async (c, backend) => {
  const { appId, parameters, caller } = await readSignIn(c, backend);
  return answer(backend, "user", backend.auth.signInUser(appId, parameters, caller));
};

/** `POST /login/github`: exchanges a job's ID token, of any issuer, for an access key and token. */
export const signInKeyless: Route = async (c, backend) => {
  const { appId, parameters, caller } = await readSignIn(c, backend);
  return answer(backend, "keyless", backend.auth.signInKeyless(appId, parameters, caller));
};

async function readSignIn(c: Context, { clients, limits }: Backend) {
  const caller: Caller = { address: findClient(c, clients), signal: c.req.raw.signal };
  const parameters = await readParameters(c.req.raw, limits, maxBodySize);
  return { appId: c.req.header("x-pv-meta-app"), parameters, caller };
}

async function answer(
  { measure }: { measure: Measure },
  how: "app" | "user" | "keyless",
  signingIn: Promise<WireSession>,
): Promise<Response> {
  try {
    const body = { _count: 1, data: [await signingIn] };
    measure({ event: "sign-in", how, outcome: "accepted" });
    return Response.json(body, { headers: { "Cache-Control": "no-store" } });
  } catch (error) {
    measure({ event: "sign-in", how, outcome: outcomeOf(error) });
    throw error;
  }
}

function outcomeOf(error: unknown): SignInOutcome {
  if (!(error instanceof HttpError)) return "failed";
  if (error.status === 429) return "limited";
  return error.status < 500 ? "refused" : "failed";
}
