import type { Clip } from "../catalog/clip-state.js";
import { deriveKey } from "../keys.js";
import type { FindAccountLimits } from "../limits/account-limits.js";
import { type LinkParameters, type LinkScope, signLink, verifyLink } from "./clip-link.js";
import type { PrivacyRules } from "./privacy-rules.js";

/** Seconds: 30 days. A link cannot be taken back before it expires. */
export const longestLink = 30 * 24 * 60 * 60;

type Owned = Pick<Clip, "id" | "account" | "version">;

/** Whether a request may see a clip: as everybody may, or until its link expires. */
export type Admission =
  | { kind: "public" }
  | { kind: "signed"; expires: number }
  | { kind: "expired" | "refused" };

/** Which clips are private, and what opens these. The rule is the account's, so older clips follow it. */
export class Privacy {
  readonly #rules: PrivacyRules;
  readonly #findLimits: FindAccountLimits;
  readonly #signingKey: Buffer;

  constructor(rules: PrivacyRules, findLimits: FindAccountLimits, secret: string) {
    this.#rules = rules;
    this.#findLimits = findLimits;
    this.#signingKey = deriveKey(secret, "clip links");
  }

  isPrivate({ account }: Owned): boolean {
    return this.#rules.isPrivate(account);
  }

  /** Whether what is asked for needs a signed link. */
  needsLink(clip: Owned, scope: LinkScope): boolean {
    if (!this.isPrivate(clip)) return false;
    const { privatePictures = "placeholder" } = this.#findLimits(clip.account);
    return scope === "clip" || privatePictures === "placeholder";
  }

  /**
   * The query with which an address of the clip is a signed link, without its question mark.
   *
   * @param expires seconds since 1970
   */
  sign({ id, version }: Owned, scope: LinkScope, expires: number): string {
    return signLink(this.#signingKey, { id, version, scope, expires });
  }

  /** Looks at the link of a request. A link to the whole clip opens its pictures, too. */
  admit(clip: Owned, scope: LinkScope, parameters: LinkParameters): Admission {
    if (!this.needsLink(clip, scope)) return { kind: "public" };
    const { id, version } = clip;
    const scopes: LinkScope[] = scope === "clip" ? ["clip"] : ["pictures", "clip"];
    const verdicts = scopes.map((each) =>
      verifyLink(this.#signingKey, { id, version, scope: each }, parameters, Date.now()),
    );
    for (const verdict of verdicts) {
      if (verdict.kind === "valid") return { kind: "signed", expires: verdict.expires };
    }
    return { kind: verdicts.some(({ kind }) => kind === "expired") ? "expired" : "refused" };
  }
}
