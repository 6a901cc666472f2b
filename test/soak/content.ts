import { createHash } from "node:crypto";

const mebibyte = 1024 * 1024;
const largest = 12 * mebibyte;

/** The contents of a run, which are the same for the same seed. */
export class Contents {
  /** What each upload has, by its number: some contents are uploaded twice, at about the same time. */
  readonly numbers: readonly number[];
  readonly #seed: string;
  readonly #noise: Buffer;

  constructor(seed: string, uploads: number) {
    this.#seed = seed;
    this.#noise = createHash("shake256", { outputLength: largest }).update(seed).digest();
    this.numbers = Array.from({ length: uploads }, (_, n) => (n % 10 === 9 ? n - 1 : n));
  }

  /** The bytes of a content: from 1 to 12 MiB, unlike those of any other number. */
  make(number: number): Buffer {
    const size = mebibyte + Math.floor(this.random(`size ${number}`) * (largest - mebibyte));
    const content = Buffer.from(this.#noise.subarray(0, size));
    content.write(`${this.#seed} ${number}`);
    return content;
  }

  /** From 0 to below 1, and for a purpose always the same. */
  random(purpose: string): number {
    const digest = createHash("md5").update(`${this.#seed} ${purpose}`).digest();
    return digest.readUInt32BE() / 2 ** 32;
  }
}
