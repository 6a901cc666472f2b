import { compactVerify, createLocalJWKSet, type JSONWebKeySet } from "jose";
import { expect } from "vitest";
import type { Claims } from "./id-token-issuer.js";
import { audience, type KeylessService, signInWith } from "./keyless-service.js";
import { first, UploadClient } from "./upload-client.js";

/** What the claims of GitHub's test issuer lack for a statement. */
export const runClaims = {
  sha: "abc1234def5678abc1234def5678abc1234def56",
  run_id: "991",
  run_attempt: "2",
  workflow_ref: "octo/intro/.github/workflows/render.yml@refs/heads/main",
};

/** A client of a job that has signed in with its ID token. */
export async function signInRun(
  { issuer, service }: KeylessService,
  claims: Claims = {},
): Promise<UploadClient> {
  const token = await issuer.sign(audience, { ...runClaims, ...claims });
  const row = first(await signInWith(service, token));
  const session = {
    ...{ appId: "github", appSecret: "", account: row.id ?? "" },
    ...{ accessKey: row.access_key ?? "", accessToken: row.access_token ?? "" },
  };
  const headers = {
    ...{ "X-PV-Meta-App": "github", "X-Access-Key": session.accessKey },
    "X-Access-Token": session.accessToken,
  };
  return new UploadClient(service, { ...session, headers });
}

export interface SignedStatement {
  header: Record<string, unknown>;
  subject: [{ name: string; digest: Record<string, string> }];
  predicate: { clip: string; size: number; how: string; run: Record<string, unknown> };
}

/** The statements of a clip as the service sends them. */
export async function fetchStatements(clipUrl: string) {
  const answer = await fetch(`${clipUrl}/statements.json`);
  expect(answer.status).toBe(200);
  return (await answer.json()) as { statements: string[]; keys_url: string; incomplete?: boolean };
}

/** The statements of a clip, each of which has a signature of a key that the service publishes. */
export async function readStatements(clipUrl: string): Promise<SignedStatement[]> {
  const { statements, keys_url: keysUrl } = await fetchStatements(clipUrl);
  const keys = createLocalJWKSet((await (await fetch(keysUrl)).json()) as JSONWebKeySet);
  return Promise.all(
    statements.map(async (statement) => {
      const { payload, protectedHeader } = await compactVerify(statement, keys);
      return { header: protectedHeader, ...JSON.parse(new TextDecoder().decode(payload)) };
    }),
  );
}
