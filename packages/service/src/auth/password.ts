import { randomBytes, type ScryptOptions, scrypt, timingSafeEqual } from "node:crypto";
import * as v from "valibot";

/** What is stored of a password: a salt and a scrypt hash, both as hex. */
export const passwordHash = v.object({ salt: v.string(), hash: v.string() });
export type PasswordHash = v.InferOutput<typeof passwordHash>;

const cost: ScryptOptions = { N: 16_384, r: 8, p: 1 };
const hashSize = 32;
// An unknown name is checked against this, so that response times do not reveal which names exist.
// No password has an all-zero hash.
const nobody: PasswordHash = { salt: "00".repeat(16), hash: "00".repeat(hashSize) };

export async function hashPassword(password: string): Promise<PasswordHash> {
  const salt = randomBytes(16);
  return { salt: salt.toString("hex"), hash: (await derive(password, salt)).toString("hex") };
}

/** Whether a password matches the stored hash; never for `undefined`, an unknown name. */
export async function isPassword(
  password: string,
  known: PasswordHash | undefined,
): Promise<boolean> {
  const { salt, hash } = known ?? nobody;
  const derived = await derive(password, Buffer.from(salt, "hex"));
  const expected = Buffer.from(hash, "hex");
  return expected.length === hashSize && timingSafeEqual(derived, expected) && known !== undefined;
}

function derive(password: string, salt: Buffer): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    scrypt(password, salt, hashSize, cost, (error, key) => (error ? reject(error) : resolve(key)));
  });
}
