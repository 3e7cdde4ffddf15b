/** Six digits from a secret, as an authenticator makes them (RFC 6238). */

import { createHmac } from 'node:crypto';

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';
const STEP_MS = 30_000;

export function totp(secret, now = Date.now()) {
  let bits = '';
  for (const letter of secret.replace(/[\s=]/g, '')) bits += ALPHABET.indexOf(letter).toString(2).padStart(5, '0');
  const key = Buffer.from(bits.match(/.{8}/g).map((byte) => parseInt(byte, 2)));
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(Math.floor(now / STEP_MS)));
  const digest = createHmac('sha1', key).update(counter).digest();
  const at = digest.at(-1) & 15;
  return String((digest.readUInt32BE(at) & 0x7fffffff) % 1_000_000).padStart(6, '0');
}

/** Wait for the next code: one works only once. */
export async function nextCode(secret, used) {
  for (;;) {
    const code = totp(secret);
    if (code !== used) return code;
    await new Promise((done) => setTimeout(done, 500));
  }
}
