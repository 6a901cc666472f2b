import * as v from "valibot";
import { type PresetName, presets } from "./presets.js";
import {
  account,
  audience,
  describeProblem,
  forks,
  isObject,
  listOf,
  objectOf,
  parseShape,
  secureAddress,
  text,
} from "./rule-format.js";
import { findConflict, findIssuerProblem } from "./rule-problems.js";
import type { SignInRules } from "./sign-in-rules.js";

const name = "signInRules";
// Records of valibot leave them out, and a rule must not lose a condition.
const lostNames = ["__proto__", "prototype", "constructor"];
const hasNoLostName = (claims: object) => !lostNames.some((lost) => Object.hasOwn(claims, lost));

const claimText = text(/./s, 'must be text that is not empty, such as "main" or "true"');
const rule = objectOf({
  account,
  claims: v.pipe(
    v.custom<object>(isObject, "must be an object of claims and their values"),
    v.check(hasNoLostName, `cannot name ${lostNames.join(", ")}`),
    v.record(v.string(), claimText),
  ),
  forks: v.optional(forks),
});

const names = Object.keys(presets) as [PresetName, ...PresetName[]];

const signInRules: v.GenericSchema<unknown, SignInRules> = objectOf({
  issuers: listOf(
    objectOf({
      preset: v.optional(v.picklist(names, `must be one of ${names.join(", ")}`)),
      issuer: v.optional(secureAddress),
      audience: v.optional(audience),
      rules: listOf(rule, "rules"),
    }),
    "issuers",
  ),
});

/**
 * Checks rules that were read from a file.
 *
 * @throws Error that names the key, such as
 * `signInRules.issuers[0].rules[0].claims.ref_path: must be in full, such as "refs/heads/main".`
 */
export function parseSignInRules(value: unknown): SignInRules {
  const rules = parseShape(signInRules, value, name);
  for (const [index, entry] of rules.issuers.entries()) {
    const problem = findIssuerProblem(entry) ?? findConflict(rules.issuers.slice(0, index), entry);
    if (problem === null) continue;
    throw describeProblem(name, { ...problem, path: ["issuers", index, ...problem.path] });
  }
  return rules;
}
