import { expect } from "vitest";
import type { GitHubOptions, StartOptions } from "../src/index.js";
import { GitHubIssuer } from "./github-issuer.js";
import { startTestService, type TestService } from "./start-test-service.js";
import { type Answer, answerOf } from "./upload-client.js";

const publicUrl = "https://clips.example.com/";
/** The audience that the service expects of tokens: its origin. */
export const audience = "https://clips.example.com";
/** The account of the one rule, which names all repositories of `octo`. */
export const account = "acc_octo";
export const refused = {
  error: { message: "Not signed in: a credential is missing, wrong or expired." },
  status: 401,
};

export interface KeylessService {
  issuer: GitHubIssuer;
  service: TestService;
}

/** A service that trusts an issuer of its own. */
export async function startKeylessService(
  github: Partial<GitHubOptions> = {},
  options: Partial<StartOptions> = { publicUrl },
): Promise<KeylessService> {
  const issuer = await GitHubIssuer.start();
  const rules = [{ repository: "octo/*", account }];
  const service = await startTestService({
    github: { issuer: issuer.url, rules, ...github },
    ...options,
  });
  return { issuer, service };
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
