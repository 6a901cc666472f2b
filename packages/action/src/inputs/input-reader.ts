import { getInput } from "@actions/core";

/** Inputs are wrong; the message has a line for each of them. */
export class InputError extends Error {
  override readonly name = "InputError";
}

/** Reads inputs and collects what is wrong with them, so that all of it is reported at once. */
export class InputReader {
  readonly #problems: string[] = [];

  text(name: string): string | undefined {
    return getInput(name) || undefined;
  }

  lines(name: string): string[] {
    return getInput(name)
      .split(/\r?\n/)
      .map((line) => line.trim())
      .filter((line) => line !== "");
  }

  choice<T extends string>(name: string, choices: readonly [T, ...T[]]): T {
    const value = this.text(name);
    const [fallback] = choices;
    if (value === undefined) return fallback;
    const chosen = choices.find((choice) => choice === value.toLowerCase());
    return chosen ?? this.#refuse(name, `takes ${listChoices(choices)}, not "${value}"`, fallback);
  }

  isOn(name: string, fallback: boolean): boolean {
    const [first, second] = fallback ? (["true", "false"] as const) : (["false", "true"] as const);
    return this.choice(name, [first, second]) === "true";
  }

  /** A number above 0, at most `most`. */
  amount(name: string, most: number, { isWhole = true } = {}): number | undefined {
    const value = this.text(name);
    if (value === undefined) return undefined;
    const amount = /^\d+(\.\d+)?$/.test(value) ? Number(value) : Number.NaN;
    if (amount > 0 && amount <= most && (!isWhole || Number.isInteger(amount))) return amount;
    const kind = isWhole ? "a whole number from 1" : "a number above 0, up";
    return this.#refuse(name, `takes ${kind} to ${most}, not "${value}"`, undefined);
  }

  /**
   * The value. One that does not match is a problem, which does not quote it: it may be a secret.
   */
  matching(name: string, pattern: RegExp, takes: string): string | undefined {
    const value = this.text(name);
    if (value === undefined || pattern.test(value)) return value;
    return this.#refuse(name, `takes ${takes}`, undefined);
  }

  refuse(name: string, reason: string): void {
    this.#refuse(name, reason, undefined);
  }

  /** @throws InputError when anything was wrong */
  finish(): void {
    if (this.#problems.length > 0) throw new InputError(this.#problems.join("\n"));
  }

  #refuse<T>(name: string, reason: string, fallback: T): T {
    this.#problems.push(`The input ${name} ${reason}.`);
    return fallback;
  }
}

function listChoices(choices: readonly string[]): string {
  return choices.map((choice) => `"${choice}"`).join(choices.length > 2 ? ", " : " or ");
}
