import type { TransportAnswer } from "@clipcourier/core";
import * as v from "valibot";
import { ForgeError } from "../comment/forge.js";
import { parseJson } from "./forge-answer.js";
import {
  type ForgeApiOptions,
  ForgeConnection,
  type ForgeRequest,
  nameRequest,
} from "./forge-connection.js";

type Query = Readonly<Record<string, string | number>>;

/**
 * The JSON API of a forge, through the proxies that the environment names. Requests that meet a rate
 * limit, or fail and may be repeated, are made again: three times in all, with at most a minute in
 * between. Every answer is checked against a schema.
 *
 * Methods throw {@link ForgeError}, or the signal's reason when it is aborted. A path begins at the
 * root URL, and every part of it is encoded.
 */
export class ForgeApi implements Disposable {
  readonly #connection: ForgeConnection;

  constructor(options: ForgeApiOptions) {
    this.#connection = new ForgeConnection(options);
  }

  async get<T>(schema: v.GenericSchema<unknown, T>, path: string, query: Query = {}): Promise<T> {
    return this.#ask(schema, { method: "GET", path: withQuery(path, query) });
  }

  /**
   * The items of a list, page by page, while the `Link` header names a next one.
   *
   * @param mostPages after which the rest is left out
   * @param onCut called when there is a rest
   */
  async *list<T>(
    item: v.GenericSchema<unknown, T>,
    path: string,
    query: Query,
    mostPages: number,
    onCut: () => void,
  ): AsyncGenerator<T> {
    for (let page = 1; page <= mostPages; page++) {
      const request = { method: "GET", path: withQuery(path, { ...query, page }) } as const;
      const answer = await this.#connection.send(request);
      yield* check(v.array(item), request, answer);
      if (!/\brel="?next\b/.test(answer.headers.link ?? "")) return;
    }
    onCut();
  }

  async post<T>(schema: v.GenericSchema<unknown, T>, path: string, body: object): Promise<T> {
    return this.#ask(schema, { method: "POST", path, body });
  }

  async put<T>(schema: v.GenericSchema<unknown, T>, path: string, body: object): Promise<T> {
    return this.#ask(schema, { method: "PUT", path, body });
  }

  async patch<T>(schema: v.GenericSchema<unknown, T>, path: string, body: object): Promise<T> {
    return this.#ask(schema, { method: "PATCH", path, body });
  }

  async delete(path: string): Promise<void> {
    await this.#connection.send({ method: "DELETE", path });
  }

  /** Closes the connections. */
  [Symbol.dispose](): void {
    this.#connection.close();
  }

  async #ask<T>(schema: v.GenericSchema<unknown, T>, request: ForgeRequest): Promise<T> {
    return check(schema, request, await this.#connection.send(request));
  }
}

function withQuery(path: string, query: Query): string {
  const search = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) search.set(name, String(value));
  return search.size === 0 ? path : `${path}?${search}`;
}

function check<T>(
  schema: v.GenericSchema<unknown, T>,
  request: ForgeRequest,
  { status, body }: TransportAnswer,
): T {
  const parsed = v.safeParse(schema, parseJson(body));
  if (parsed.success) return parsed.output;
  const [issue] = parsed.issues;
  const where = v.getDotPath(issue) ?? "the answer";
  throw new ForgeError(
    "failed",
    `${nameRequest(request)} was answered with something unknown (${where}: ${issue.message})`,
    { status },
  );
}
