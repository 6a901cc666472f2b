import * as v from "valibot";
import { accountPattern } from "../accounts.js";

/** Text that matches the pattern. */
export const text = (pattern: RegExp, message: string) =>
  v.pipe(v.string(message), v.regex(pattern, message));

export const isObject = (value: unknown) =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** An object with these keys only. A missing key is reported with the message of an invalid one. */
export function objectOf<const T extends v.ObjectEntries>(keys: T) {
  const required = Object.keys(keys).filter((key) => keys[key]?.type !== "optional");
  const missing = Object.fromEntries(required.map((key) => [key, undefined]));
  return v.pipe(
    v.custom<object>(isObject, "must be an object"),
    v.transform((value): object => ({ ...missing, ...value })),
    v.strictObject(keys, ({ received }) => `has an unknown key ${received}`),
  );
}

/** A list with at least one item, which `items` are called in messages. */
export function listOf<const T extends v.GenericSchema>(item: T, items: string) {
  const list = v.array(item, `must be a list of ${items}`);
  return v.pipe(list, v.minLength(1, `has no ${items.replace(/s$/, "")} in it`));
}

/** The account that a rule leads to. */
export const account = text(accountPattern, 'must be an account, such as "acc_team1"');
export const forks = v.boolean("must be true or false");
export const audience = text(/./, "must not be empty");
const noAddress =
  'must be an https address without a user or password, such as "https://token.actions.githubusercontent.com"';
/** An https address. On this machine, where tests have their issuers, http will do. */
export const secureAddress = v.pipe(
  text(
    /^(https:\/\/[^/?#@\\\s]+|http:\/\/(127\.0\.0\.1|localhost|\[::1\])(:\d+)?)(\/[^/?#\\\s]+)*\/?$/,
    noAddress,
  ),
  v.check(URL.canParse, noAddress),
);

/** What is wrong with a value, and where it is in the options. */
export interface Problem {
  path: readonly (string | number)[];
  message: string;
}

/** Checks the shape of the options. Throws the first problem, under the name of the options. */
export function parseShape<T>(schema: v.GenericSchema<unknown, T>, value: unknown, name: string) {
  const parsed = v.safeParse(schema, value);
  if (parsed.success) return parsed.output;
  const [{ path = [], message }] = parsed.issues;
  // An unknown key is reported with the path of the object that it is in.
  const known = path.filter(({ origin }) => origin === "value");
  const keys = known.map(({ key }) => (typeof key === "number" ? key : String(key)));
  throw describeProblem(name, { path: keys, message });
}

/** An error such as `signInRules.issuers[0].rules[0].forks: must be true or false.` */
export function describeProblem(name: string, { path, message }: Problem): Error {
  const keys = path.map((key) => {
    if (typeof key === "number") return `[${key}]`;
    return /^\w+$/.test(key) ? `.${key}` : `[${JSON.stringify(key)}]`;
  });
  return new Error(`${name}${keys.join("")}: ${message}.`);
}
