import type { JWTPayload } from "jose";
import type { VerifiedRun } from "../../catalog/verified-run.js";
import type { Claims } from "./claims.js";
import type { Preset } from "./preset.js";

// Characters of one value. A name that was shortened could be that of another, so it is left out.
const longest = 512;

/** What a verified token says of the run that it was issued to. */
export function readVerifiedRun(
  issuer: string,
  { statementClaims, readRun, findRunUrl }: Preset,
  claims: Claims,
  { iat }: JWTPayload,
): VerifiedRun {
  const { server, ...names } = statementClaims;
  const values = Object.entries({ subject: "sub", ...names }).flatMap(([field, claim]) => {
    const [value, ...others] = claims.get(claim) ?? [];
    const isOne = value !== undefined && others.length === 0 && value.length <= longest;
    return isOne ? [[field, value] as const] : [];
  });
  const said: Omit<VerifiedRun, "issuer"> = Object.fromEntries(values);
  const place = server?.(issuer);
  const runUrl = place && findRunUrl?.(place, said);
  const pullRequest = readRun?.(issuer, claims)?.pullRequest;
  return {
    issuer,
    ...said,
    ...(place !== undefined && { server: place }),
    ...(runUrl && { runUrl }),
    ...(pullRequest !== undefined && { pullRequest }),
    ...(iat !== undefined && { issuedOn: new Date(iat * 1000).toISOString() }),
  };
}
