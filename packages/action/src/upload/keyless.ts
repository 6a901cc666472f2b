import { getIDToken } from "@actions/core";
import { DirectUploadError } from "@clipcourier/core";

/**
 * Asks GitHub for an OIDC token, with which this job proves its identity to the audience.
 *
 * @throws DirectUploadError `unauthorized` when the job may not have one, or GitHub gives none
 */
export async function requestIdToken(audience: string): Promise<string> {
  if (!process.env.ACTIONS_ID_TOKEN_REQUEST_URL || !process.env.ACTIONS_ID_TOKEN_REQUEST_TOKEN) {
    throw new DirectUploadError("unauthorized", missingPermission);
  }
  try {
    return await getIDToken(audience);
  } catch (cause) {
    const reason = String(cause instanceof Error ? cause.message : cause).replace(/\s+/g, " ");
    const message = `GitHub gave no OIDC token to sign in with (${reason}). Run the job again.`;
    throw new DirectUploadError("unauthorized", message, { cause });
  }
}

const missingPermission = `The permission id-token: write is missing. Without app-secret, and without access-key and access-token, the action signs in with the job's OIDC token. Add these two lines to the job:

permissions:
  id-token: write

On Forgejo the job needs enable-openid-connect: true instead. A pull request from a fork gets no such token: upload in a workflow_run workflow then.`;
