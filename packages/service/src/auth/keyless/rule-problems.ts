import { matchesClaim } from "./claims.js";
import type { Preset } from "./preset.js";
import { otherIssuer, presets } from "./presets.js";
import type { Problem } from "./rule-format.js";
import type { IssuerRules, SignInRule } from "./sign-in-rules.js";

// What every token has, and what is checked without a rule.
const checkedAnyway = new Set(["iss", "aud", "exp", "nbf", "iat", "jti"]);

/** What is known about the issuer, and its address; `""` where it is missing. */
export function presetOf({ preset: name, issuer }: IssuerRules): {
  preset: Preset;
  address: string;
} {
  const preset = name === undefined ? otherIssuer : presets[name];
  return { preset, address: issuer ?? preset.issuer ?? "" };
}

/** What is wrong with the entry, or `null`. */
export function findIssuerProblem(entry: IssuerRules): Problem | null {
  const { preset, address } = presetOf(entry);
  const problem = findWrongPreset(preset, address) ?? findAddressProblem(preset, address);
  if (problem !== null) return { path: ["issuer"], message: problem };
  for (const [index, rule] of entry.rules.entries()) {
    const found = findRuleProblem(preset, rule);
    if (found !== null) return { ...found, path: ["rules", index, ...found.path] };
  }
  return null;
}

/** One issuer is of one kind, or its keys would be looked for in two places. */
export function findConflict(others: readonly IssuerRules[], entry: IssuerRules): Problem | null {
  const { address } = presetOf(entry);
  const other = others.find((each) => presetOf(each).address === address);
  if (other === undefined || other.preset === entry.preset) return null;
  const wanted = other.preset === undefined ? "left out" : `"${other.preset}"`;
  return { path: ["preset"], message: `must be ${wanted}, as in the other rules of this issuer` };
}

/** Without the preset of a known issuer, none of what keeps strangers out would be checked. */
function findWrongPreset(preset: Preset, address: string): string | null {
  if (!URL.canParse(address)) return null;
  const { hostname } = new URL(address);
  for (const [name, known] of Object.entries<Preset>(presets)) {
    if (known === preset || !known.hosts?.test(hostname)) continue;
    return `is an address of ${known.title}, which needs "preset": "${name}"`;
  }
  return null;
}

function findAddressProblem({ issuerFormat, claims, title }: Preset, address: string) {
  if (address === "") return `is needed: the https address of ${title}, as in the claim "iss"`;
  // An issuer that is not known may have any address.
  if (claims !== undefined && address.endsWith("/")) {
    return "must be an https address without a slash at its end";
  }
  return issuerFormat?.pattern.test(address) === false ? issuerFormat.message : null;
}

function findRuleProblem(preset: Preset, { claims, forks }: SignInRule): Problem | null {
  for (const [name, pattern] of Object.entries(claims)) {
    const message = findClaimProblem(preset, name, pattern);
    if (message !== null) return { path: ["claims", name], message };
  }
  const missing = findMissingOwner(preset, claims);
  if (missing !== null) return { path: ["claims"], message: missing };
  if (preset.forks === undefined) {
    const message = `does nothing for ${preset.title}: leave it out`;
    return forks === undefined ? null : { path: ["forks"], message };
  }
  const open = forks ? null : preset.forks.findProblem?.(claims);
  return open ? { path: ["claims", open.claim], message: open.message } : null;
}

function findClaimProblem({ claims, formats, title }: Preset, name: string, pattern: string) {
  if (claims === undefined && checkedAnyway.has(name)) {
    return "is checked for every token, so a rule cannot name it";
  }
  if (claims !== undefined && !claims.some((known) => matchesClaim(known, [name]))) {
    return `is no claim of ${title}'s tokens, which have ${claims.join(", ")}`;
  }
  const format = Object.hasOwn(formats, name) ? formats[name] : undefined;
  return format?.pattern.test(pattern) === false ? format.message : null;
}

/** A rule that does not say whose the runs are would admit everybody. */
function findMissingOwner({ owners, title }: Preset, claims: SignInRule["claims"]): string | null {
  const given = Object.keys(claims);
  if (owners.length > 0) {
    if (owners.some((owner) => given.includes(owner))) return null;
    return `must have ${owners.join(" or ")}: everybody at ${title} could sign in else`;
  }
  if (Object.values(claims).some((pattern) => /[^*]/.test(pattern))) return null;
  return "must have a claim with a value other than *: everybody there could sign in else";
}
