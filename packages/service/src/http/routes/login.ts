import type { WireSession } from "@clipcourier/core/wire";
import type { Route } from "../backend.js";
import { readParameters } from "../request-body.js";

/** `POST /login/app`: exchanges an app's secret for an access key and token. */
export const signInApp: Route = async (c, { auth }) => {
  const { app_id, app_secret } = await readParameters(c.req.raw);
  return answer(await auth.signInApp(c.req.header("x-pv-meta-app"), app_id, app_secret));
};

/** `POST /login`: exchanges a user's password for an access key and token. */
export const signInUser: Route = async (c, { auth }) => {
  const { username, password } = await readParameters(c.req.raw);
  return answer(await auth.signInUser(c.req.header("x-pv-meta-app"), username, password));
};

/** `POST /login/github`: exchanges a workflow job's ID token for an access key and token. */
export const signInGitHub: Route = async (c, { auth }) => {
  const { token } = await readParameters(c.req.raw);
  return answer(await auth.signInGitHub(c.req.header("x-pv-meta-app"), token));
};

function answer(session: WireSession): Response {
  const body = { _count: 1, data: [session] };
  return Response.json(body, { headers: { "Cache-Control": "no-store" } });
}
