import { resolve } from "node:path";
import type { OpenedSource } from "../../source.js";
import { serveLoopback } from "./loopback.js";

/** A video as an input of FFmpeg's programs. */
export interface ProgramInput extends AsyncDisposable {
  /** What comes before the options of the input and its `-i`: FFmpeg may read this, and nothing else. */
  readonly guards: readonly string[];
  /** The argument of `-i`. */
  readonly url: string;
  /** Gives no frame of which a part cannot be decoded. */
  readonly isStrict: boolean;
  readonly env: Record<string, string>;
}

export async function openInput({
  place,
  formats,
  format,
  isStrict = false,
}: OpenedSource): Promise<ProgramInput> {
  if (typeof place === "string") {
    return {
      guards: guards("file", formats, format),
      url: `file:${resolve(place)}`,
      isStrict,
      env: {},
      async [Symbol.asyncDispose]() {},
    };
  }
  const loopback = await serveLoopback(place);
  return {
    // A small buffer, because what is in it when FFmpeg seeks was read for nothing.
    guards: [...guards("http,tcp", formats, format), "-recv_buffer_size", "65536", "-icy", "0"],
    url: loopback.url,
    isStrict,
    env: loopback.env,
    [Symbol.asyncDispose]: () => loopback[Symbol.asyncDispose](),
  };
}

function guards(protocols: string, formats: string, format: string | undefined): string[] {
  const lists = ["-protocol_whitelist", protocols, "-format_whitelist", formats];
  return format === undefined ? lists : [...lists, "-f", format];
}
