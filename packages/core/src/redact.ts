// The parameters that make a presigned URL valid (S3 V4 and V2, Google, Azure, and this project's
// own service): whoever reads one of these can write to the bucket.
const signatureNames = "x-amz-signature|x-amz-security-token|x-goog-signature|signature|sig|token";
// The others say whose signature it is. They are removed too, but not reported to `onSecret`:
// masked in a CI log, they would hide outputs that contain them.
const names = `${signatureNames}|x-amz-credential|x-goog-credential|awsaccesskeyid`;
// A name may stand in JSON, in HTML or inside another URL, where `&` and `=` are encoded.
const signedParameters = new RegExp(
  `((?:[?&;]|%3f|%26|\\\\u0026)(?:${names})(?:=|%3d|\\\\u003d))[^&\\s"'<>;\\\\]+`,
  "gi",
);
const signatureName = new RegExp(`^(?:${signatureNames})$`, "i");
const signedName = new RegExp(`^(?:${names})$`, "i");

// Characters. Callers show much less, and it takes time to look for every secret in every encoding.
const longestText = 64 * 1024;

// Shorter strings are too likely to stand in a message by chance.
const shortestSecret = 4;

/** What must never be shown: an app's secret, passwords, keys and tokens of sessions. */
export class Secrets {
  readonly #onSecret: ((secret: string) => void) | undefined;
  /** Each with the patterns or texts that find it in every encoding. */
  readonly #patterns = new Map<string, readonly (RegExp | string)[]>();

  /** @param onSecret called with each secret, once, as soon as it is known */
  constructor(secrets: Iterable<string> = [], onSecret?: (secret: string) => void) {
    this.#onSecret = onSecret;
    for (const secret of secrets) this.add(secret);
  }

  add(secret: string): void {
    if (secret === "" || this.#patterns.has(secret)) return;
    this.#patterns.set(secret, matchEncoded(secret));
    this.#onSecret?.(secret);
  }

  /** Reports what makes these URLs valid, without keeping it: there may be 10,000 of them. */
  reportSignatures(urls: readonly { url: string }[]): void {
    if (this.#onSecret === undefined) return;
    for (const { url } of urls) {
      for (const signature of listValues(url, signatureName)) this.#onSecret(signature);
    }
  }

  /**
   * The text without the secrets and without the signatures of presigned URLs. Of a long text only
   * the beginning is given.
   */
  redact(text: string): string {
    if (text.length <= longestText) return this.#redactAll(text);
    // Where it is cut, half of a secret may stand.
    return this.#redactAll(text.slice(0, longestText)).slice(0, -longestText / 4);
  }

  #redactAll(text: string): string {
    let clean = redact(text);
    // A token may hold another secret: without it, the rest would not be recognised.
    const longestFirst = [...this.#patterns].sort(([a], [b]) => b.length - a.length);
    for (const [secret, patterns] of longestFirst) {
      if (secret.length < shortestSecret) continue;
      for (const pattern of patterns) clean = clean.replaceAll(pattern, "[redacted]");
    }
    return clean;
  }
}

/** The text without the signatures of presigned URLs. */
export function redact(text: string): string {
  return text.replace(signedParameters, "$1[redacted]");
}

/** What makes this URL valid, for {@link Secrets}: a peer may repeat it without the names. */
export function listSignatures(url: string): string[] {
  return listValues(url, signedName);
}

function listValues(url: string, name: RegExp): string[] {
  if (!URL.canParse(url)) return [];
  return [...new URL(url).searchParams]
    .filter(([each]) => name.test(each))
    .map(([, value]) => value);
}

const htmlNames: Readonly<Record<string, string>> = {
  '"': "quot",
  "&": "amp",
  "'": "apos",
  "<": "lt",
  ">": "gt",
  "+": "plus",
  "/": "sol",
  "=": "equals",
};

const jsonLetters: Readonly<Record<string, string>> = {
  "\b": "b",
  "\f": "f",
  "\n": "n",
  "\r": "r",
  "\t": "t",
};

// As it is; percent-encoded, escaped as in JSON or as an HTML reference, each character in any of
// these ways; encoded as a whole in two ways, one after the other; in Base64. Hex digits may be of
// either case while the secret's own letters may not, so each character has a group of its own.
function matchEncoded(secret: string): (RegExp | string)[] {
  const forms = [...listForms(secret), ...listBase64(secret)];
  if (secret.length > longestPattern) return forms;
  const characters = secret.match(/\\+|[^\\]/gu) ?? [];
  return [new RegExp(characters.map(matchCharacter).join(""), "g"), ...forms];
}

// A pattern for each character of a long token would be too large. Tokens have few characters that
// are ever encoded, so whole forms will do.
const longestPattern = 64;

const escapeHtml = (text: string, apostrophe: string) =>
  text
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;")
    .replaceAll("'", apostrophe);

/** As libraries write it; half of a surrogate pair, which they refuse, as a replacement character. */
function encodePercent(text: string): string {
  return encodeURIComponent(text.toWellFormed());
}

function escapeUnicode(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`;
}

const encoders: readonly ((text: string) => string)[] = [
  encodePercent,
  (text) => encodePercent(text).replace(/%[0-9A-F]{2}/g, (byte) => byte.toLowerCase()),
  (text) => new URLSearchParams({ "": text }).toString().slice(1),
  (text) => JSON.stringify(text).slice(1, -1),
  (text) => JSON.stringify(text).slice(1, -1).replaceAll("/", "\\/"),
  // As Go writes it.
  (text) => JSON.stringify(text).slice(1, -1).replace(/[&<>]/g, escapeUnicode),
  (text) => escapeHtml(text, "&#39;"),
  (text) => escapeHtml(text, "&apos;"),
  (text) => Buffer.from(text).toString("base64"),
];

function listForms(secret: string): string[] {
  const once = [secret, ...encoders.map((encode) => encode(secret))];
  const twice = once.flatMap((text) => encoders.map((encode) => encode(text)));
  return [...new Set([...once, ...twice])];
}

// Characters. A shorter piece of Base64 may stand in a message by chance.
const shortestBase64 = 6;

// In both alphabets, and as part of a longer text such as `user:password`: there the first and the
// last character depend on what stands beside it.
function listBase64(secret: string): string[] {
  const bytes = Buffer.from(secret);
  const whole = bytes.toString("base64").replace(/=+$/, "");
  const within = [0, 1, 2].map((before) => {
    const text = Buffer.concat([Buffer.alloc(before), bytes]).toString("base64");
    const end = Math.floor(((before + bytes.length) * 8) / 6);
    return text.slice(Math.ceil((before * 8) / 6), end);
  });
  const found = [whole, ...within.filter(({ length }) => length >= shortestBase64)];
  const inUrls = found.map((text) => text.replaceAll("+", "-").replaceAll("/", "_"));
  return [...new Set([...found, ...inUrls])];
}

// Every repetition has a limit, and none can be read in two ways: otherwise a text that is made for
// it would take for ever.
function matchCharacter(character: string, place: number, all: readonly string[]): string {
  if (character.startsWith("\\")) return matchBackslashes(character.length);
  const bytes = [...Buffer.from(character)].map((byte) => byte.toString(16).padStart(2, "0"));
  // Backslashes before the first character, or after others, are not its own.
  const isEscapable = place > 0 && !all[place - 1]?.startsWith("\\");
  const forms = [
    `${isEscapable ? "\\\\?" : ""}${escapePattern(character)}`,
    bytes.map((byte) => `%(?:25){0,9}${ignoreCase(byte)}`).join(""),
    [...Array(character.length).keys()]
      .map((index) => character.charCodeAt(index).toString(16).padStart(4, "0"))
      .map((unit) => `\\\\u${ignoreCase(unit)}`)
      .join(""),
    `&#0{0,9}${character.codePointAt(0)};`,
    `&#[xX]0{0,9}${ignoreCase((character.codePointAt(0) ?? 0).toString(16))};`,
  ];
  const name = htmlNames[character];
  if (name !== undefined) forms.push(`&${name};`);
  const letter = jsonLetters[character];
  if (letter !== undefined) forms.push(`\\\\${letter}`);
  // In form bodies.
  if (character === " ") forms.push("\\+");
  return `(?:${forms.join("|")})`;
}

function matchBackslashes(count: number): string {
  const others = ["%(?:25){0,9}5[cC]", "\\\\u005[cC]", "&#0{0,9}92;", "&#[xX]0{0,9}5[cC];"];
  return `(?:\\\\{${count},${2 * count}}|(?:${others.join("|")}){${count}})`;
}

function ignoreCase(hex: string): string {
  return hex.replace(/[a-f]/gi, (digit) => `[${digit.toLowerCase()}${digit.toUpperCase()}]`);
}

function escapePattern(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|/-]/g, "\\$&");
}

/**
 * A redacted copy of an error, to give as a cause. It leaves out what others attach to their
 * errors, such as a raw answer, since that would be shown too.
 */
export function copyError(error: unknown, secrets: Secrets): unknown {
  return copyChain(error, secrets, new Set());
}

function copyChain(error: unknown, secrets: Secrets, seen: Set<unknown>): unknown {
  if (!(error instanceof Error)) return secrets.redact(String(error));
  seen.add(error);
  const copy = new Error(secrets.redact(error.message));
  copy.name = error.name;
  copy.stack = secrets.redact(error.stack ?? "");
  if ("code" in error && typeof error.code === "string") Object.assign(copy, { code: error.code });
  // A chain of causes may lead back to itself.
  const { cause } = error;
  if (cause !== undefined && !seen.has(cause)) copy.cause = copyChain(cause, secrets, seen);
  return copy;
}
