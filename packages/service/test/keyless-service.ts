import { expect, onTestFinished, vi } from "vitest";
import type { GitHubOptions, IssuerRules, StartOptions } from "../src/index.js";
import type { CiSystemName } from "./ci-claims.js";
import { IdTokenIssuer } from "./id-token-issuer.js";
import { startTestService, type TestService } from "./start-test-service.js";
import { type Answer, answerOf } from "./upload-client.js";

export const publicUrl = "https://clips.example.com/";
/** The audience that the service expects of tokens: its origin. */
export const audience = "https://clips.example.com";
/** The account of the one rule, which names all repositories of `octo`. */
export const account = "acc_octo";
export const refused = {
  error: { message: "Not signed in: a credential is missing, wrong or expired." },
  status: 401,
};

export interface KeylessService {
  issuer: IdTokenIssuer;
  service: TestService;
}

/** A service that trusts an issuer of its own. */
export async function startKeylessService(
  github: Partial<GitHubOptions> = {},
  options: Partial<StartOptions> = { publicUrl },
): Promise<KeylessService> {
  const issuer = await IdTokenIssuer.start();
  const rules = [{ repository: "octo/*", account }];
  const service = await startTestService({
    github: { issuer: issuer.url, rules, ...github },
    ...options,
  });
  return { issuer, service };
}

/** The rule of each CI system that admits the runs of its test issuer. */
export const ruleClaims: Record<CiSystemName, Record<string, string>> = {
  github: { repository: "octo/*" },
  gitlab: { project_path: "octo/*", ref_protected: "true" },
  buildkite: { organization_slug: "octo", pipeline_slug: "intro" },
  circleci: { "oidc.circleci.com/vcs-origin": "github.com/octo/*" },
  forgejo: { repository: "octo/*" },
  other: { sub: "octo/*" },
};

/** The rules for an issuer, with one that admits its runs unless there are others. */
export function rulesFor(
  system: CiSystemName,
  issuer: IdTokenIssuer,
  changes: Partial<IssuerRules> = {},
): IssuerRules {
  const preset = system === "other" ? {} : { preset: system };
  const rules = [{ account, claims: ruleClaims[system] }];
  return { ...preset, issuer: issuer.url, rules, ...changes };
}

/** A service that trusts an issuer that stands in for the CI system's. */
export async function startServiceFor(
  system: CiSystemName,
  changes: Partial<IssuerRules> = {},
): Promise<KeylessService> {
  const issuer = await IdTokenIssuer.start(system);
  const signInRules = { issuers: [rulesFor(system, issuer, changes)] };
  return { issuer, service: await startTestService({ signInRules, publicUrl }) };
}

/** Moves the clock, where it stands still, and nothing else: timers and sockets go on. */
export function moveClock(seconds: number): void {
  vi.useFakeTimers({ toFake: ["Date"], now: Date.now() + seconds * 1000 });
  onTestFinished(() => void vi.useRealTimers());
}

export async function signInWith(
  service: TestService,
  token: string,
  appId = "github",
): Promise<Answer<Record<string, string>>> {
  const response = await fetch(`${service.rootUrl}login/github/`, {
    method: "POST",
    headers: { "X-PV-Meta-App": appId },
    body: new URLSearchParams({ token, device_id: "runner" }),
  });
  return answerOf(response);
}

/**
 * Expects the one answer to every refusal, the reason in the log, and nothing of the token there.
 */
export async function expectRefusal(
  service: TestService,
  token: string,
  reason: string,
  appId?: string,
): Promise<void> {
  const answer = await signInWith(service, token, appId);
  expect([answer.status, answer.body]).toEqual([401, refused]);
  const refusal = logOf(service).findLast(({ msg }) => msg === "keyless sign-in refused");
  expect(refusal?.reason).toContain(reason);
  expectNothingOf(token, service);
}

/** Expects that no piece of the token is in the log. */
export function expectNothingOf(token: string, service: TestService): void {
  const log = service.log.join("");
  expect(log).not.toBe("");
  const pieces = token.split(".").filter((piece) => piece.length > 10);
  for (const piece of pieces) expect(log).not.toContain(piece);
}

/** What the service has logged. */
export function logOf(service: TestService): Record<string, unknown>[] {
  return service.log.map((line) => JSON.parse(line));
}
