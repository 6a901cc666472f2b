import type { PresetName } from "./presets.js";

/**
 * Which runs may sign in, and to which account.
 *
 * @example
 * ```ts
 * const rule: SignInRule = {
 *   account: "acc_team1",
 *   claims: { project_path: "my-group/my-project", ref_protected: "true" },
 * };
 * ```
 */
export interface SignInRule {
  /** The account that the clips belong to, such as `acc_team1`. It need not exist yet. */
  account: string;
  /**
   * The claims that a token must have, all of them. `*` matches any characters. A number or a
   * boolean in a token is compared as text, and of a list one item must match.
   */
  claims: Record<string, string>;
  /**
   * Whether runs that a fork can cause may sign in as well. Not for `gitlab`, whose tokens name the
   * fork, nor without a preset.
   *
   * @default false
   */
  forks?: boolean | undefined;
}

/** The rules for the tokens of one issuer. */
export interface IssuerRules {
  /**
   * Which kind of issuer it is: its address, its claims, and how forks are kept out are known then.
   *
   * @default none: any OpenID Connect issuer
   */
  preset?: PresetName | undefined;
  /**
   * Who issues the tokens: the https address that is their claim `iss`.
   *
   * @default that of the preset; needed without one, and for `circleci`, `forgejo` and `gitea`
   */
  issuer?: string | undefined;
  /**
   * The audience that a token must have been issued for.
   *
   * @default the origin of `publicUrl`
   */
  audience?: string | undefined;
  /** At least one. They are tried in order, and the first one that matches decides. */
  rules: SignInRule[];
}

/** Keyless sign-in: with the ID token that a CI system issues to a job, instead of a secret. */
export interface SignInRules {
  /** At least one. An issuer may be there more than once, with other audiences. */
  issuers: IssuerRules[];
}
