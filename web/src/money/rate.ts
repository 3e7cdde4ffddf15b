/** Exchange rates as decimal texts, and conversion without fractions. */

import { decimalsOf } from './currency';

const RATE = /^(\d{1,12})(?:[.,](\d{1,12}))?$/;

/** Return a typed rate with a point, or null when it is none above zero. */
export function parseRate(text: string): string | null {
  const match = RATE.exec(text.trim());
  if (!match || /^0*(?:[.,]0*)?$/.test(text.trim())) return null;
  return match[2] ? `${match[1]}.${match[2]}` : match[1]!;
}

/** Return `amount` minor units of `source` in minor units of `target`, at `rate` per major unit, rounded half up. */
export function convert(amount: number, source: string, target: string, rate: string): number {
  const [whole = '0', fraction = ''] = rate.split('.');
  let numerator = BigInt(amount) * BigInt(whole + fraction);
  let denominator = 10n ** BigInt(fraction.length);
  const shift = decimalsOf(target) - decimalsOf(source);
  if (shift > 0) numerator *= 10n ** BigInt(shift);
  else denominator *= 10n ** BigInt(-shift);
  return Number((2n * numerator + denominator) / (2n * denominator));
}
