import { SignJWT } from "jose";
import { describe, expect, it } from "vitest";
import type { SignInRule } from "../src/index.js";
import { type CiSystemName, type Claims, ciSystems } from "./ci-claims.js";
import { IdTokenIssuer } from "./id-token-issuer.js";
import {
  account,
  audience,
  expectNothingOf,
  expectRefusal,
  logOf,
  moveClock,
  publicUrl,
  ruleClaims,
  rulesFor,
  signInWith,
  startServiceFor,
} from "./keyless-service.js";
import { startTestService } from "./start-test-service.js";

const noRule = "no rule matches";

interface Fork {
  /** The claims of a run that a fork causes. */
  claims: Claims;
  reason: string;
}

const forks: Record<Exclude<CiSystemName, "other">, Fork> = {
  github: {
    claims: { event_name: "pull_request_target" },
    reason: "a fork can cause this event",
  },
  gitlab: {
    // The pipeline of a fork's merge request, in the project itself.
    claims: {
      project_path: "mallory/intro",
      project_id: "666",
      namespace_path: "mallory",
      pipeline_source: "merge_request_event",
    },
    reason: noRule,
  },
  buildkite: { claims: { build_branch: "mallory:main" }, reason: "the branch is a fork's" },
  circleci: {
    claims: { "oidc.circleci.com/vcs-origin": "github.com/mallory/intro" },
    reason: noRule,
  },
  forgejo: { claims: { event_name: "pull_request" }, reason: "a fork can cause this event" },
};

const now = () => Math.floor(Date.now() / 1000);
const systems = Object.keys(ciSystems) as CiSystemName[];

describe.each(systems)("a token of %s", (system) => {
  it("signs in, and the log says which run it was", async () => {
    const { issuer, service } = await startServiceFor(system);
    const token = await issuer.sign(audience);
    const answer = await signInWith(service, token);
    expect([answer.status, answer.body.data?.[0]?.id]).toEqual([200, account]);
    const entry = logOf(service).find(({ msg }) => msg === "keyless sign-in");
    const names = Object.keys(ruleClaims[system]);
    const claims = Object.fromEntries(names.map((name) => [name, ciSystems[system].claims[name]]));
    expect(entry).toMatchObject({ account, claims });
    expectNothingOf(token, service);
  });

  it("is refused for another audience, by another issuer, or when it has expired", async () => {
    const { issuer, service } = await startServiceFor(system);
    const stranger = await IdTokenIssuer.start(system);
    moveClock(0);
    const { kid } = await issuer.publicKey();
    const claims = { iss: issuer.url };
    await expectRefusal(
      service,
      await issuer.sign("https://other.example.com"),
      `(wanted: ${audience})`,
    );
    const refusal = logOf(service).findLast(({ msg }) => msg === "keyless sign-in refused");
    const [name = ""] = Object.keys(ruleClaims[system]);
    const seen = { aud: "https://other.example.com", [name]: ciSystems[system].claims[name] };
    expect(refusal?.claims).toMatchObject(seen);
    await expectRefusal(service, await issuer.sign(audience, { exp: now() - 60 }), '"exp"');
    await expectRefusal(service, await issuer.sign(audience, { iat: now() - 90_000 }), '"iat"');
    const forged = await stranger.sign(audience, claims, 0, kid);
    await expectRefusal(service, forged, "ERR_JWS_SIGNATURE_VERIFICATION_FAILED");
    await expectRefusal(service, await stranger.sign(audience, claims), "ERR_JWKS_NO_MATCHING_KEY");
    await expectRefusal(service, await stranger.sign(audience), '"iss"');
  });

  it("is refused that was signed with the public key as a shared one", async () => {
    const { issuer, service } = await startServiceFor(system);
    const { kid, pem } = await issuer.publicKey();
    const token = await new SignJWT(issuer.claims(audience))
      .setProtectedHeader({ alg: "HS256", kid })
      .sign(new TextEncoder().encode(pem));
    await expectRefusal(service, token, "ERR_JOSE_ALG_NOT_ALLOWED");
    expect([issuer.keyRequests, issuer.discoveryRequests]).toEqual([0, 0]);
  });

  it("is refused when a claim does not match, or is not there", async () => {
    const { issuer, service } = await startServiceFor(system);
    const [name = ""] = Object.keys(ruleClaims[system]);
    for (const value of ["other/intro", "octopus", undefined, null, { octo: "octo" }]) {
      await expectRefusal(service, await issuer.sign(audience, { [name]: value }), noRule);
    }
  });

  it("is accepted with the issuer's next key, and no longer with the one before", async () => {
    const { issuer, service } = await startServiceFor(system);
    moveClock(0);
    const first = await issuer.sign(audience, {}, 31);
    expect((await signInWith(service, await issuer.sign(audience))).status).toBe(200);
    await issuer.rotate();
    moveClock(31);
    expect((await signInWith(service, await issuer.sign(audience))).status).toBe(200);
    await expectRefusal(service, first, "ERR_JWKS_NO_MATCHING_KEY");
    expect(issuer.keyRequests).toBe(2);
  });
});

describe.each(Object.entries(forks))("a fork of a project at %s", (name, { claims, reason }) => {
  const system = name as CiSystemName;

  it("is kept out, and the log says why", async () => {
    const { issuer, service } = await startServiceFor(system);
    await expectRefusal(service, await issuer.sign(audience, claims), reason);
  });
});

it.each([
  ["github", forks.github.claims],
  ["buildkite", forks.buildkite.claims],
  ["forgejo", forks.forgejo.claims],
] as const)(
  "a fork of a project at %s is let in where the rule says so",
  async (system, claims) => {
    const rules = [{ account: "acc_forks", claims: ruleClaims[system], forks: true }];
    const { issuer, service } = await startServiceFor(system, { rules });
    const answer = await signInWith(service, await issuer.sign(audience, claims));
    expect(answer.body.data[0]?.id).toBe("acc_forks");
  },
);

describe("the claims of a rule", () => {
  it.each<[CiSystemName, Record<string, string>, Claims]>([
    [
      "gitlab",
      { namespace_id: "72", pipeline_source: "merge_request_event" },
      { pipeline_source: "merge_request_event" },
    ],
    ["gitlab", { project_path: "octo/videos/*" }, { project_path: "octo/videos/takes/intro" }],
    ["gitlab", { namespace_path: "octo", groups_direct: "*/editors" }, {}],
    ["gitlab", { project_id: "20", runner_id: "1" }, {}],
    ["buildkite", { organization_slug: "octo", build_number: "17" }, {}],
    [
      "buildkite",
      { organization_slug: "octo", "agent_tag:queue": "gpu" },
      { "agent_tag:queue": "gpu" },
    ],
    [
      "circleci",
      {
        "oidc.circleci.com/vcs-origin": "github.com/octo/*",
        "oidc.circleci.com/context-ids": "cb32986e",
      },
      {},
    ],
    [
      "circleci",
      {
        "oidc.circleci.com/vcs-origin": "github.com/octo/*",
        "oidc.circleci.com/ssh-rerun": "false",
      },
      {},
    ],
    [
      "forgejo",
      { repository_owner_id: "7", ref_protected: "true" },
      { repository_owner_id: "7", ref_protected: "true" },
    ],
    ["other", { team: "editors", level: "3", trusted: "true" }, {}],
    [
      "other",
      { "https://id.example.com/project": "in*o" },
      { "https://id.example.com/project": "intro" },
    ],
  ])("of %s match texts, numbers, booleans and lists: %j", async (system, claims, changes) => {
    const { issuer, service } = await startServiceFor(system, { rules: [{ account, claims }] });
    expect((await signInWith(service, await issuer.sign(audience, changes))).status).toBe(200);
  });

  it.each<[CiSystemName, Record<string, string>]>([
    ["gitlab", { project_path: "octo/intro", ref_protected: "false" }],
    ["gitlab", { namespace_path: "oct" }],
    ["gitlab", { project_path: "octo/intro", ci_config_ref_uri: "*" }],
    ["buildkite", { organization_slug: "octo", step_key: "*" }],
    ["other", { team: "editors, renderers" }],
    ["other", { level: "33" }],
    ["other", { toString: "*native code*" }],
  ])("of %s that do not match keep a run out: %j", async (system, claims) => {
    const { issuer, service } = await startServiceFor(system, { rules: [{ account, claims }] });
    await expectRefusal(service, await issuer.sign(audience), noRule);
  });

  it.each(["9007199254740993", "9007199254740992"])(
    "do not match a number that JavaScript cannot tell from its neighbours: %s",
    async (level) => {
      const rules = [{ account, claims: { sub: "octo/*", level } }];
      const { issuer, service } = await startServiceFor("other", { rules });
      for (const seen of [2 ** 53, -(2 ** 53)]) {
        await expectRefusal(service, await issuer.sign(audience, { level: seen }), noRule);
      }
      const text = await issuer.sign(audience, { level });
      expect((await signInWith(service, text)).status).toBe(200);
    },
  );

  it("are tried in order, over all entries of an issuer", async () => {
    const issuer = await IdTokenIssuer.start("gitlab");
    const rule = (name: string, claims: SignInRule["claims"]) => ({ account: name, claims });
    const project = { project_path: "octo/intro" };
    const signInRules = {
      issuers: [
        rulesFor("gitlab", issuer, {
          audience: "releases",
          rules: [rule("acc_releases", project)],
        }),
        rulesFor("gitlab", issuer, {
          rules: [rule("acc_protected", { ...project, ref_protected: "true" })],
        }),
        rulesFor("gitlab", issuer, { rules: [rule("acc_rest", project)] }),
      ],
    };
    const service = await startTestService({ signInRules, publicUrl });
    for (const [made, claims, expected] of [
      ["releases", {}, "acc_releases"],
      [audience, {}, "acc_protected"],
      [audience, { ref_protected: "false" }, "acc_rest"],
      [["https://other.example.com", audience], {}, "acc_protected"],
    ] as const) {
      const token = await issuer.sign(audience, { aud: made, ...claims });
      expect((await signInWith(service, token)).body.data[0]?.id).toBe(expected);
    }
    expect(issuer.keyRequests).toBe(1);
  });

  it("stand beside the short form for GitHub", async () => {
    const gitHub = await IdTokenIssuer.start();
    const gitLab = await IdTokenIssuer.start("gitlab");
    const service = await startTestService({
      github: { issuer: gitHub.url, rules: [{ repository: "octo/*", account: "acc_github" }] },
      signInRules: { issuers: [rulesFor("gitlab", gitLab), rulesFor("github", gitHub)] },
      publicUrl,
    });
    const accountOf = async (issuer: IdTokenIssuer) =>
      (await signInWith(service, await issuer.sign(audience))).body.data[0]?.id;
    expect(await accountOf(gitHub)).toBe("acc_github");
    expect(await accountOf(gitLab)).toBe(account);
  });
});
