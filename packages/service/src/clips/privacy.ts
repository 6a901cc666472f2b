import type { Clip } from "../catalog/clip-state.js";
import { deriveKey } from "../keys.js";
import type { FindAccountLimits } from "../limits/account-limits.js";
import {
  type LinkParameters,
  type LinkScope,
  type LinkVerdict,
  signLink,
  verifyLink,
} from "./clip-link.js";
import type { PrivacyRules } from "./privacy-rules.js";

/** Seconds: 30 days. A link cannot be taken back before it expires. */
export const longestLink = 30 * 24 * 60 * 60;

type Owned = Pick<Clip, "id" | "account" | "version">;

/** A clip, and an older one that it is compared with. */
export interface ClipPair {
  now: Owned;
  old: Owned;
}

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
  sign(clip: Owned, scope: LinkScope, expires: number): string {
    return signLink(this.#signingKey, { clips: [clip], scope, expires });
  }

  /** As {@link sign}, of the addresses of a comparison of two clips. */
  signPair({ now, old }: ClipPair, expires: number): string {
    return signLink(this.#signingKey, { clips: [now, old], scope: "pair", expires });
  }

  /** Whether the addresses of a comparison have to be signed. */
  pairNeedsLink({ now, old }: ClipPair, scope: LinkScope): boolean {
    return this.needsLink(now, scope) || this.needsLink(old, scope);
  }

  /** Looks at the link of a request. A link to the whole clip opens its pictures, too. */
  admit(clip: Owned, scope: LinkScope, parameters: LinkParameters): Admission {
    if (!this.needsLink(clip, scope)) return { kind: "public" };
    const scopes: LinkScope[] = scope === "clip" ? ["clip"] : ["pictures", "clip"];
    return toAdmission(
      scopes.map((each) =>
        verifyLink(this.#signingKey, { clips: [clip], scope: each }, parameters, Date.now()),
      ),
    );
  }

  /**
   * Whether a request may see both clips of a comparison: each as everybody may, or both with a link to
   * the two. A link to one of them opens the comparison only where the other is not private.
   */
  admitPair({ now, old }: ClipPair, scope: LinkScope, parameters: LinkParameters): Admission {
    const each = [this.admit(now, scope, parameters), this.admit(old, scope, parameters)];
    if (each.every(({ kind }) => kind === "public")) return { kind: "public" };
    const ends = each.flatMap((one) => (one.kind === "signed" ? [one.expires] : []));
    const isOpen = each.every(({ kind }) => kind === "public" || kind === "signed");
    if (isOpen) return { kind: "signed", expires: Math.min(...ends) };
    const wanted = { clips: [now, old], scope: "pair" } as const;
    return toAdmission([verifyLink(this.#signingKey, wanted, parameters, Date.now())]);
  }
}

function toAdmission(verdicts: readonly LinkVerdict[]): Admission {
  for (const verdict of verdicts) {
    if (verdict.kind === "valid") return { kind: "signed", expires: verdict.expires };
  }
  return { kind: verdicts.some(({ kind }) => kind === "expired") ? "expired" : "refused" };
}
