import { getIDToken } from "@actions/core";
import { DirectUploadError } from "@clipcourier/core";

/** The app id that stands for "no app": the service looks at the token alone. */
export const keylessAppId = "github";

/**
 * Asks GitHub for the token with which this job proves to the service what it is.
 *
 * @param rootUrl the service's; the token is of no use at any other
 */
export async function requestIdToken(rootUrl: string): Promise<string> {
  if (!process.env.ACTIONS_ID_TOKEN_REQUEST_URL || !process.env.ACTIONS_ID_TOKEN_REQUEST_TOKEN) {
    throw new DirectUploadError("unauthorized", missingPermission);
  }
  try {
    return await getIDToken(new URL(rootUrl).origin);
  } catch (error) {
    const reason = error instanceof Error ? error.message.replace(/\s+/g, " ").trim() : error;
    throw new DirectUploadError(
      "unauthorized",
      `GitHub gave no OIDC token to sign in with (${reason}). Run the job again.`,
      { cause: error },
    );
  }
}

const missingPermission = `The permission id-token: write is missing. Without app-secret, and without access-key and access-token, the action signs in with the job's OIDC token. Add these two lines to the job:

permissions:
  id-token: write

A pull request from a fork gets no such token: upload in a workflow_run workflow then.`;
