import { isMediaType, largestFile, longestRetention } from "@clipcourier/service/setting-rules";
import { InvalidArgumentError } from "commander";
import {
  toBytes,
  toCount,
  toListenAddress,
  toMilliseconds,
  toOrigins,
  toPort,
  toPublicUrl,
  toText,
  toTrustedProxies,
} from "../../settings/option-values.js";

/** The part of JSON Schema (draft 2020-12) that describes a value in a config file. */
export type JsonSchema = Readonly<Record<string, unknown>>;

/** A value that is one text on a command line, and a text, a number or a list of these in a file. */
export interface ScalarType<T> {
  kind: "scalar";
  /** How its value is called in the help, such as `<size>`; `null` where a flag has none. */
  argument: string | null;
  /** Throws an `InvalidArgumentError` that says what it must be, and does not repeat the text. */
  parse(text: string): T;
  schema: JsonSchema;
  /** Whether it is a path, which in a file is meant from the folder of that file. */
  isPath?: boolean;
}

/** Values by name. */
export interface MapType<T> {
  kind: "map";
  argument: string;
  /** A short form for command lines; without it, they take what a file does. Throws as above. */
  parse?(text: string): T;
  /** The type of the value with each name. */
  types: Readonly<Record<string, ValueType<unknown>>>;
  /** The type of the values whose names people choose. */
  others?: { names: RegExp; form: string; type: ValueType<unknown> };
  schema: JsonSchema;
}

export type ValueType<T> = ScalarType<T> | MapType<T>;

function scalar<T>(
  argument: string | null,
  parse: (text: string) => T,
  schema: JsonSchema,
): ScalarType<T> {
  return { kind: "scalar", argument, parse, schema };
}

const text = { type: "string", minLength: 1 };

export const textOf = (argument: string): ScalarType<string> => scalar(argument, toText, text);

export const pathOf = (argument: string): ScalarType<string> => ({
  ...textOf(argument),
  isPath: true,
});

export const address = scalar("<url>", toPublicUrl, {
  type: "string",
  pattern: "^https?://[^@?#]+$",
});

export const port = scalar("<port>", toPort, { type: "integer", minimum: 0, maximum: 65_535 });

/** An address of this machine; loopback where only a port is given. */
export const listenAddress = scalar("<[host:]port>", toListenAddress, {
  type: ["integer", "string"],
  minimum: 0,
  maximum: 65_535,
  pattern: "^((\\[[0-9A-Fa-f:.]+\\]|[^\\s:\\[\\]/]+):)?\\d{1,5}$",
});

export const count = scalar("<n>", toCount, {
  type: "integer",
  minimum: 1,
  maximum: 999_999_999,
});

export const days = scalar("<days>", toDays, {
  type: "integer",
  minimum: 1,
  maximum: longestRetention,
});

/** Days, or `none` for what is not offered. */
export const daysOrNone = scalar<number | "none">(
  "<days>",
  (given) => (given === "none" ? given : toDays(given)),
  { anyOf: [days.schema, { enum: ["none"] }] },
);

const byteSize = {
  type: ["integer", "string"],
  minimum: 1,
  pattern: "^\\s*(\\d+\\s*[Bb]?|\\d+(\\.\\d+)?\\s*[KkMmGgTt][Ii]?[Bb])\\s*$",
};

/** Bytes. */
export const size = scalar("<size>", toBytes, byteSize);

/** Bytes of one file. The schema holds a number alone to the largest. */
export const fileSize = scalar("<size>", toFileSize, { ...byteSize, maximum: largestFile });

/** Milliseconds. */
export const time = scalar("<time>", toMilliseconds, {
  type: ["number", "string"],
  exclusiveMinimum: 0,
  pattern: "^\\s*\\d+(\\.\\d+)?\\s*(ms|s|m|min|h)?\\s*$",
});

export const mediaTypes = scalar("<types>", toMediaTypes, {
  anyOf: [text, { type: "array", items: text, minItems: 1 }],
});

export const origins = scalar("<origins>", toOrigins, {
  anyOf: [text, { type: "array", items: text }],
});

export const proxies = scalar("[proxies]", toProxies, {
  anyOf: [
    { type: "boolean" },
    { type: "integer", minimum: 0, maximum: 99 },
    text,
    { type: "array", items: text, minItems: 1 },
  ],
});

export const yesOrNo = scalar(null, toBoolean, { type: "boolean" });

export function oneOf<const T extends string>(
  argument: string,
  choices: readonly T[],
): ScalarType<T> {
  const parse = (given: string): T => {
    const choice = choices.find((known) => known === given);
    if (choice !== undefined) return choice;
    throw new InvalidArgumentError(`Allowed choices are ${choices.join(", ")}.`);
  };
  return scalar(argument, parse, { enum: choices });
}

interface NumberRange {
  isWhole: boolean;
  largest: number;
}

/** Numbers above 0 by name: `a=1,b=2` on a command line. */
export function numbersOf(
  argument: string,
  ranges: Readonly<Record<string, NumberRange>>,
): MapType<Record<string, number>> {
  const types = Object.entries(ranges).map(([name, range]) => {
    const type = range.isWhole ? "integer" : "number";
    const schema = { type, exclusiveMinimum: 0, maximum: range.largest };
    return [name, scalar("<n>", (text) => toNumber(text, range), schema)] as const;
  });
  const properties = Object.fromEntries(types.map(([name, { schema }]) => [name, schema]));
  const parse = (text: string) => toNumbers(text, ranges);
  return {
    ...{ kind: "map", argument, parse, types: Object.fromEntries(types) },
    schema: { type: "object", properties, additionalProperties: false },
  };
}

/** Some of these keys. */
export function keysOf<T>(keys: Readonly<Record<string, ValueType<unknown>>>): MapType<T> {
  const properties = Object.entries(keys).map(([name, { schema }]) => [name, schema] as const);
  return {
    ...{ kind: "map", argument: "<keys>", types: keys },
    schema: {
      type: "object",
      properties: Object.fromEntries(properties),
      additionalProperties: false,
    },
  };
}

/** Values by names that people choose. */
export function namedBy<T>(
  argument: string,
  { names, form }: { names: RegExp; form: string },
  type: ValueType<T>,
): MapType<Record<string, T>> {
  return {
    ...{ kind: "map", argument, types: {}, others: { names, form, type } },
    schema: {
      type: "object",
      patternProperties: { [names.source]: type.schema },
      additionalProperties: false,
    },
  };
}

function toDays(given: string): number {
  const number = /^[1-9]\d{0,4}$/.test(given) ? Number(given) : Number.NaN;
  if (number <= longestRetention) return number;
  throw new InvalidArgumentError(
    `It must be a whole number of days, from 1 to ${longestRetention}.`,
  );
}

function toFileSize(given: string): number {
  const bytes = toBytes(given);
  if (bytes <= largestFile) return bytes;
  throw new InvalidArgumentError("It must be at most 5TiB.");
}

function toMediaTypes(given: string): string[] {
  const types = given.split(",").map((type) => type.trim().toLowerCase());
  if (types.every(isMediaType)) return types;
  throw new InvalidArgumentError(
    "It must be types of videos and pictures such as video/mp4,image/png.",
  );
}

function toNumbers(
  given: string,
  ranges: Readonly<Record<string, NumberRange>>,
): Record<string, number> {
  const pairs = given.split(",").map((pair) => {
    const [, name, value] = /^\s*(\w+)\s*=\s*(\d+(?:\.\d+)?)\s*$/.exec(pair) ?? [];
    if (name !== undefined && value !== undefined) {
      const range = Object.hasOwn(ranges, name) ? ranges[name] : undefined;
      if (range) return [name, toNumber(value, range, `${name}: `)] as const;
      throw new InvalidArgumentError(
        `${name}: There is no such limit, only ${Object.keys(ranges).join(", ")}.`,
      );
    }
    throw new InvalidArgumentError(
      "It must be names and numbers such as signInRate=5,bodyTimeout=30.",
    );
  });
  return Object.fromEntries(pairs);
}

/** @param place what the message begins with */
function toNumber(given: string, { isWhole, largest }: NumberRange, place = ""): number {
  const value = Number(given);
  if (value > 0 && value <= largest && (!isWhole || Number.isInteger(value))) return value;
  const kind = isWhole ? "a whole number" : "a number";
  throw new InvalidArgumentError(`${place}It must be ${kind} above 0, at most ${largest}.`);
}

function toProxies(given: string): boolean | number | string[] {
  // What an empty list is read as.
  if (given === "none") {
    throw new InvalidArgumentError("It must name a proxy, or be false where there is none.");
  }
  return given === "true" || given === "false" ? given === "true" : toTrustedProxies(given);
}

function toBoolean(given: string): boolean {
  if (given === "true" || given === "1") return true;
  if (given === "false" || given === "0") return false;
  throw new InvalidArgumentError("It must be true or false.");
}
