/**
 * What each participant bears of an expense: the server's rules, for the preview. The server decides; this only shows
 * beforehand what it will say. All sums are whole numbers; products go through BigInt.
 */

export type SplitType = 'equal' | 'exact' | 'percentage' | 'shares' | 'adjustment';

export interface Part {
  memberId: string;
  /** Hundredths for weights, percentages and parts; minor units for exact amounts and adjustments. */
  value: number;
}

export interface Division {
  type: SplitType;
  kind: 'expense' | 'income' | 'payment';
  /** In the expense's own currency. */
  amount: number;
  /** The same money in the event's currency. */
  eventAmount: number;
  parts: Part[];
  /** Left-over cents that each member has borne so far; who has the fewest takes the next one. */
  leftovers?: ReadonlyMap<string, number>;
}

/** Allocate `amount` in proportion to `weights` by largest remainder; ties go to the lowest priority, then the earliest. */
export function allocate(amount: number, weights: number[], priority: number[] = []): number[] {
  const total = weights.reduce((sum, weight) => sum + BigInt(weight), 0n);
  if (total <= 0n || amount < 0) return weights.map(() => 0);
  const products = weights.map((weight) => BigInt(amount) * BigInt(weight));
  const parts = products.map((product) => Number(product / total));
  const remainders = products.map((product) => product % total);
  const order = weights.map((_, i) => i);
  order.sort((a, b) => {
    const [left, right] = [remainders[a]!, remainders[b]!];
    if (left !== right) return left > right ? -1 : 1;
    return (priority[a] ?? 0) - (priority[b] ?? 0) || a - b;
  });
  let missing = amount - parts.reduce((sum, part) => sum + part, 0);
  for (const i of order) {
    if (missing-- <= 0) break;
    parts[i]! += 1;
  }
  return parts;
}

/** Return what each participant bears, in minor units of the event's currency; negative for an income. */
export function divide(division: Division): Map<string, number> {
  const sign = division.kind === 'income' ? -1 : 1;
  // Hexadecimal ids of one form sort as texts the way the server sorts them as numbers.
  const parts = [...division.parts].sort((a, b) => (a.memberId < b.memberId ? -1 : a.memberId > b.memberId ? 1 : 0));
  const priority = parts.map((part) => sign * (division.leftovers?.get(part.memberId) ?? 0));
  const shares = sharesOf(division, parts, priority);
  return new Map(parts.map((part, i) => [part.memberId, sign * (shares[i] ?? 0) || 0]));
}

function sharesOf(division: Division, parts: Part[], priority: number[]): number[] {
  const values = parts.map((part) => part.value);
  if (division.type !== 'adjustment') return allocate(division.eventAmount, values, priority);
  const rest = division.amount - values.reduce((sum, value) => sum + value, 0);
  const equal = allocate(rest, parts.map(() => 1), priority);
  const shares = equal.map((share, i) => share + values[i]!);
  if (division.eventAmount === division.amount || shares.some((share) => share < 0)) return shares;
  return allocate(division.eventAmount, shares, priority);
}

/** Read a decimal text with at most two decimals, such as "33.34" or "0,5", as hundredths; null when it is none. */
export function hundredths(text: string): number | null {
  const match = /^(\d{1,9})?(?:[.,](\d{0,2})0*)?$/.exec(text.trim());
  if (!match || text.trim() === '' || /^[.,]$/.test(text.trim())) return null;
  return Number(match[1] ?? '0') * 100 + Number((match[2] ?? '').padEnd(2, '0'));
}

/** Return hundredths as the decimal text that the server takes: 3334 is "33.34", 50 is "0.5". */
export function decimalText(value: number): string {
  const digits = String(value).padStart(3, '0');
  return `${digits.slice(0, -2)}.${digits.slice(-2)}`.replace(/\.?0+$/, '') || '0';
}
