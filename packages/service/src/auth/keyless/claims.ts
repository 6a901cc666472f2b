import type { JWTPayload } from "jose";

/** The claims of a token as text. A claim that is a list has several values. */
export type Claims = ReadonlyMap<string, readonly string[]>;

/**
 * Numbers and booleans become their text. Whatever has none, such as an object or `null`, is left
 * out, and so matches no rule. So is a number from 2^53 on: JavaScript may have read it as another.
 */
export function toClaims(payload: JWTPayload): Claims {
  const entries = Object.entries(payload).map(([name, value]) => [name, toTexts(value)] as const);
  return new Map(entries.filter(([, texts]) => texts.length > 0));
}

function toTexts(value: unknown): string[] {
  if (Array.isArray(value)) return value.filter((item) => !Array.isArray(item)).flatMap(toTexts);
  if (typeof value === "number" && Math.abs(value) > Number.MAX_SAFE_INTEGER) return [];
  const hasText = typeof value === "boolean" || typeof value === "number";
  if (hasText) return [String(value)];
  return typeof value === "string" ? [value] : [];
}

/** Whether any value of the claim matches the pattern, in which `*` matches any characters. */
export function matchesClaim(
  pattern: string,
  values: readonly string[] | undefined,
  { isCaseless = false } = {},
): boolean {
  const expression = toExpression(pattern, isCaseless ? "si" : "s");
  return values?.some((value) => expression.test(value)) ?? false;
}

function toExpression(pattern: string, flags: string): RegExp {
  const pieces = pattern.split("*").map((piece) => piece.replace(/[\\^$.|?+()[\]{}]/g, "\\$&"));
  return new RegExp(`^${pieces.join(".*")}$`, flags);
}

// Characters of one claim in the log.
const longestShown = 256;

/** The named claims for the log, shortened. */
export function pickClaims(claims: Claims, names: Iterable<string>): Record<string, string> {
  const picked = [...names].flatMap((name) => {
    const values = claims.get(name);
    return values ? [[name, values.join(", ").slice(0, longestShown)] as const] : [];
  });
  return Object.fromEntries(picked);
}
