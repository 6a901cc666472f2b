import type { WireSession } from "@clipcourier/core/wire";
import type { Context } from "hono";
import type { Caller } from "../../auth/sign-in-gate.js";
import type { Backend, Route } from "../backend.js";
import { findClient } from "../connection.js";
import { readParameters } from "../request-body.js";

// Bytes. Anyone can send these bodies; an ID token of GitHub has about 2,000.
const maxBodySize = 64 * 1024;

/** `POST /login/app`: exchanges an app's secret for an access key and token. */
export const signInApp: Route = async (c, backend) => {
  const { appId, parameters, caller } = await readSignIn(c, backend);
  return answer(await backend.auth.signInApp(appId, parameters, caller));
};

/** `POST /login`: exchanges a user's password for an access key and token. */
export const signInUser: Route = async (c, backend) => {
  const { appId, parameters, caller } = await readSignIn(c, backend);
  return answer(await backend.auth.signInUser(appId, parameters, caller));
};

/** `POST /login/github`: exchanges a job's ID token, of any issuer, for an access key and token. */
export const signInKeyless: Route = async (c, backend) => {
  const { appId, parameters, caller } = await readSignIn(c, backend);
  return answer(await backend.auth.signInKeyless(appId, parameters, caller));
};

async function readSignIn(c: Context, { clients, limits }: Backend) {
  const caller: Caller = { address: findClient(c, clients), signal: c.req.raw.signal };
  const parameters = await readParameters(c.req.raw, limits, maxBodySize);
  return { appId: c.req.header("x-pv-meta-app"), parameters, caller };
}

function answer(session: WireSession): Response {
  const body = { _count: 1, data: [session] };
  return Response.json(body, { headers: { "Cache-Control": "no-store" } });
}
