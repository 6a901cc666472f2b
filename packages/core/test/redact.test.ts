import { expect, test } from "vitest";
import { DirectUploadError } from "../src/errors.js";
import { copyError, redact, Secrets } from "../src/redact.js";

test.each([
  "https://b.s3.amazonaws.com/k?partNumber=1&X-Amz-Signature=SECRET&X-Amz-Expires=60",
  "https://b.s3.amazonaws.com/k?X-Amz-Security-Token=SECRET",
  "https://b.s3.amazonaws.com/k?AWSAccessKeyId=SECRET&Signature=SECRET",
  "http://127.0.0.1:80/parts/k?partNumber=1&signature=SECRET",
  "https://storage.googleapis.com/b/k?X-Goog-Signature=SECRET",
])("what makes a URL valid is removed: %s", (url) => {
  expect(redact(`PUT ${url} failed`)).not.toContain("SECRET");
  expect(new DirectUploadError("network", `PUT ${url} failed`).message).not.toContain("SECRET");
});

test("known secrets are removed wherever they are, and nothing else is", () => {
  const secrets = new Secrets(["abcdef"]);
  expect(secrets.redact("bad token abcdef for part 3")).toBe("bad token [redacted] for part 3");
});

test.each([
  ["as it is", "aB/c+d=e&f g"],
  ["percent-encoded", "aB%2Fc%2Bd%3De%26f%20g"],
  ["with lower-case digits", "aB%2fc%2bd%3de%26f%20g"],
  ["in a form", "aB%2Fc%2Bd%3De%26f+g"],
  ["encoded twice", "aB%252Fc%252Bd%253De%2526f%2520g"],
  ["in JSON", "aB\\/c+d=e\\u0026f g"],
  [
    "in JSON, all of it",
    [..."aB/c+d=e&f g"].map((c) => `\\u00${c.charCodeAt(0).toString(16)}`).join(""),
  ],
  ["in HTML", "aB&#x2F;c&#43;d&#x3d;e&amp;f g"],
  ["in HTML, by names", "aB&sol;c&plus;d&equals;e&amp;f g"],
  ["in JSON within JSON", "aB/c+d=e\\\\u0026f g"],
  ["in Base64", Buffer.from("aB/c+d=e&f g").toString("base64")],
  ["in Base64 for URLs", Buffer.from("aB/c+d=e&f g").toString("base64url")],
])("a secret is removed %s", (_, text) => {
  expect(new Secrets(["aB/c+d=e&f g"]).redact(`<${text}>`)).toMatch(/^<\[redacted\]=*>$/);
});

test.each(["", "u", "us", "use"])("a secret is removed from the Base64 of %s:secret", (user) => {
  const secret = "p>ss?w>rd~~123";
  for (const encoding of ["base64", "base64url"] as const) {
    const text = Buffer.from(`${user}:${secret}:0`).toString(encoding);
    const clean = new Secrets([secret]).redact(`Basic ${text}`);
    expect(clean).toContain("[redacted]");
    const rest = clean.replace("Basic ", "").split("[redacted]");
    // One character at each end also belongs to what stands beside the secret.
    expect(rest.join("").length).toBeLessThanOrEqual(Math.ceil(((user.length + 4) * 8) / 6) + 2);
  }
});

test("a secret with many backslashes is removed, also from JSON", () => {
  const secret = "a\\\\b\\c\nd";
  for (const text of [secret, JSON.stringify(secret), JSON.stringify(JSON.stringify(secret))]) {
    expect(new Secrets([secret]).redact(text)).toMatch(/^[\\"]*\[redacted\][\\"]*$/);
  }
});

test.each([
  ["JSON, then percent-encoded", "pa%5C%22ss%2Fwo%26rd%20x"],
  ["JSON, then HTML", "pa\\&quot;ss/wo&amp;rd x"],
  ["HTML twice", "pa&amp;quot;ss/wo&amp;amp;rd x"],
  ["a form, then percent-encoded", "pa%2522ss%252Fwo%2526rd%2Bx"],
  ["JSON as PHP writes it, then percent-encoded", "pa%5C%22ss%5C%2Fwo%26rd%20x"],
  ["JSON twice", 'pa\\\\\\"ss/wo&rd x'],
])("a secret is removed that was encoded in two ways: %s", (_, text) => {
  expect(new Secrets(['pa"ss/wo&rd x']).redact(`<${text}>`)).toBe("<[redacted]>");
});

// What would take for ever ends this test by its time limit.
test.each(["s3cret-of-the-app", "\\abcd", "a\\b\\cd", "\0pen-sesame", "\\".repeat(60)])(
  "a text that is made to be slow for the secret %j is redacted",
  (secret) => {
    const secrets = new Secrets([secret]);
    for (const unit of ["\\", "%", "%25", "&#0", "\\u0", "a\\", secret.slice(0, -1)]) {
      const clean = secrets.redact(unit.repeat(100_000));
      expect(clean.length).toBeLessThan(100_000);
      expect(clean).not.toContain(secret);
    }
  },
);

test("of a long text, the beginning is given without secrets, also where it is cut", () => {
  const secret = "0123456789".repeat(20);
  // Characters 65,436 to 65,636 of the text.
  const clean = new Secrets([secret]).redact(`begin ${secret} ${"x".repeat(65_229)}${secret}`);
  expect(clean).toMatch(/^begin \[redacted\] x{10}/);
  expect(clean).not.toContain("0123");
});

test("a secret of letters beyond ASCII is removed, also encoded", () => {
  const secrets = new Secrets(["pässwörd-😀"]);
  for (const text of [
    "pässwörd-😀",
    encodeURIComponent("pässwörd-😀"),
    "p\\u00e4ssw\\u00f6rd-\\ud83d\\ude00",
  ]) {
    expect(secrets.redact(text)).toBe("[redacted]");
  }
});

test("half of a surrogate pair in a secret is no failure", () => {
  const secrets = new Secrets(["a secret \ud800"]);
  expect(secrets.redact("it was a secret \ud800.")).toBe("it was [redacted].");
});

test("a signature is removed from a URL in JSON, in HTML or in another URL", () => {
  for (const url of [
    "https://b/k?a=1\\u0026X-Amz-Signature=SECRET",
    "https://b/k?a=1&amp;X-Amz-Signature=SECRET&amp;b=2",
    "to=https%3A%2F%2Fb%2Fk%3Fa%3D1%26X-Amz-Signature%3DSECRET",
  ]) {
    expect(redact(url)).not.toContain("SECRET");
  }
});

test("onSecret is called once for each secret, and for what makes URLs valid", () => {
  const seen: string[] = [];
  const secrets = new Secrets(["one"], (secret) => seen.push(secret));
  secrets.add("two");
  secrets.add("two");
  secrets.reportSignatures([
    { url: "https://b/k?X-Amz-Credential=public&X-Amz-Signature=sig1&X-Amz-Security-Token=t1" },
    { url: "http://127.0.0.1/parts/k?partNumber=1&signature=sig2" },
  ]);
  expect(seen).toEqual(["one", "two", "sig1", "t1", "sig2"]);
});

test("a chain of causes that leads back to itself is copied once", () => {
  const inner = new Error("inner token-1234");
  const outer = new Error("outer", { cause: inner });
  inner.cause = outer;
  const copy = copyError(outer, new Secrets(["token-1234"]));
  expect(copy).toMatchObject({ message: "outer", cause: { message: "inner [redacted]" } });
});

test("a token of any length is removed", () => {
  for (const length of [255, 256, 257, 4_000, 64_000]) {
    const token = "aB3-"
      .repeat(length)
      .slice(0, length - 1)
      .concat("/");
    const secrets = new Secrets([token]);
    for (const text of [token, encodeURIComponent(token), token.replaceAll("/", "\\/")]) {
      expect(secrets.redact(`<${text}>`)).toBe("<[redacted]>");
    }
  }
});
