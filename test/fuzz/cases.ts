import fc from "fast-check";

const allCases = Number(process.env.CLIPCOURIER_FUZZ_CASES ?? 10_000);
const seed = process.env.CLIPCOURIER_FUZZ_SEED;

/** Nothing that is asked may take longer, also on a busy machine: whatever does, hangs. */
export const hangTime = 60_000;

/**
 * Checks a property with a share of all cases. A failure names the seed, with which
 * `CLIPCOURIER_FUZZ_SEED` repeats it.
 */
export async function fuzz<T>(
  share: number,
  cases: fc.Arbitrary<T>,
  check: (one: T) => Promise<void> | void,
): Promise<void> {
  const property = fc.asyncProperty(cases, async (one) => void (await check(one)));
  const parameters = seed === undefined ? {} : { seed: Number(seed) };
  await fc.assert(property, { ...parameters, numRuns: Math.ceil(allCases * share) });
}

/** Texts that have a meaning somewhere: in HTML, Markdown, URLs, terminals, paths or SQL. */
const loaded = fc.constantFrom(
  ...["<script>alert(1)</script>", '"><img src=x onerror=alert(1)>', "</title>", "<!--", "]]>"],
  ...["[a](javascript:alert(1))", "![x](http://127.0.0.1/)", "`|`", "\\", "|", "&lt;", "&#60;"],
  ...[
    "../../etc/passwd",
    "%2e%2e%2f",
    "%00",
    "%0d%0aSet-Cookie:%20a=b",
    "%",
    "%zz",
    "//",
    "?",
    "#",
  ],
  ...["\u202e", "\u2028", "\ufeff", "\u0000", "\r\n", "\u001b[2J", "\ud800", "😀", "e\u0301", "ﬀ"],
  ...["::set-output name=a::b", "##[error]", "{{7*7}}", "$" + "{7*7}", "'; DROP TABLE clips;--"],
  ...["__proto__", "constructor", "toString", "NaN", "-1", "1e309", "0x10", "null", "true", "[]"],
);

/** A text of loaded and of random pieces. */
export const hostileText = fc
  .array(
    fc.oneof(loaded, fc.string({ unit: "binary", maxLength: 8 }), fc.string({ maxLength: 8 })),
    {
      maxLength: 6,
    },
  )
  .map((pieces) => pieces.join(""));

/** Any JSON, often with the given values in it. */
export function jsonWith(...values: fc.Arbitrary<unknown>[]): fc.Arbitrary<unknown> {
  return fc.oneof(
    ...values,
    fc.jsonValue({ maxDepth: 3 }),
    hostileText,
    fc.double(),
    fc.bigInt({ min: -(2n ** 70n), max: 2n ** 70n }).map(Number),
  );
}
