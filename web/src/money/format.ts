/** Amounts as people read and write them. An amount is an integer in minor units everywhere but in these texts. */

import { decimalsOf, maximumOf } from './currency';

const formats = new Map<string, Intl.NumberFormat>();

function formatOf(locale: string, currency: string, signed: boolean): Intl.NumberFormat {
  const key = `${locale} ${currency} ${signed}`;
  let format = formats.get(key);
  if (!format) {
    const decimals = decimalsOf(currency);
    format = new Intl.NumberFormat(locale, {
      style: 'currency',
      currency,
      currencyDisplay: 'narrowSymbol',
      minimumFractionDigits: decimals,
      maximumFractionDigits: decimals,
      signDisplay: signed ? 'exceptZero' : 'auto',
    });
    formats.set(key, format);
  }
  return format;
}

/** Return the digits of `amount` with a point: 1234 in EUR is `12.34`. */
export function plain(amount: number, currency: string): string {
  const decimals = decimalsOf(currency);
  const digits = String(Math.abs(amount)).padStart(decimals + 1, '0');
  const whole = digits.slice(0, digits.length - decimals);
  return `${amount < 0 ? '-' : ''}${whole}${decimals ? `.${digits.slice(-decimals)}` : ''}`;
}

/** Return `amount` in the reader's way of writing money; `signed` puts a plus before what is above zero. */
export function formatMoney(amount: number, currency: string, locale: string, signed = false): string {
  // Intl takes a decimal text without loss; no amount ever becomes a fraction here.
  return formatOf(locale, currency, signed).format(plain(amount, currency) as Intl.StringNumericLiteral);
}

/** Return `amount` as it stands in an input field: no grouping, the locale's decimal sign. */
export function inputText(amount: number | null, currency: string, locale: string): string {
  return amount === null ? '' : plain(amount, currency).replace('.', decimalSign(locale));
}

/** Return the locale's decimal sign. */
export function decimalSign(locale: string): string {
  return new Intl.NumberFormat(locale).formatToParts(1.5).find((part) => part.type === 'decimal')?.value ?? '.';
}

export type ParsedAmount = { amount: number } | { problem: 'empty' | 'not_a_number' | 'too_many_decimals' | 'too_large' };

/**
 * Read what somebody typed as an amount in minor units. Point and comma both work as decimal sign; the sign that
 * groups thousands is accepted where it can mean nothing else.
 */
export function parseAmount(text: string, currency: string, negative = false): ParsedAmount {
  const compact = text.replace(/[\s\u00a0\u202f'’_]/g, '').replace('−', '-');
  if (compact === '') return { problem: 'empty' };
  const sign = negative && compact.startsWith('-') ? -1 : 1;
  const digits = normalised(negative ? compact.replace(/^[-+]/, '') : compact, decimalsOf(currency));
  const match = /^(\d*)(?:\.(\d*))?$/.exec(digits);
  if (!match || digits === '.' || digits === '') return { problem: 'not_a_number' };
  const decimals = decimalsOf(currency);
  const fraction = (match[2] ?? '').replace(/0+$/, '');
  if (fraction.length > decimals) return { problem: 'too_many_decimals' };
  const minor = `${match[1] || '0'}${fraction.padEnd(decimals, '0')}`.replace(/^0+(?=\d)/, '');
  if (minor.length > 15 || Number(minor) > maximumOf(currency)) return { problem: 'too_large' };
  return { amount: sign * Number(minor) || 0 };
}

/** Return `text` with a point as its only sign: the last of two kinds is the decimal one, a repeated kind groups. */
function normalised(text: string, decimals: number): string {
  const last = Math.max(text.lastIndexOf('.'), text.lastIndexOf(','));
  if (last < 0) return text;
  const sign = text[last]!;
  const other = sign === '.' ? ',' : '.';
  const repeats = text.split(sign).length > 2;
  const groups = repeats || (decimals === 0 && /^\d{3}$/.test(text.slice(last + 1)));
  if (groups) {
    const isGrouped = new RegExp(`^\\d{1,3}(\\${sign}\\d{3})+$`).test(text.replaceAll(other, ''));
    return isGrouped ? text.replaceAll(sign, '').replaceAll(other, '.') : 'no number';
  }
  const whole = text.slice(0, last);
  if (whole.includes(other) && !/^\d{1,3}([.,]\d{3})*$/.test(whole)) return 'no number';
  return `${whole.replaceAll(other, '')}.${text.slice(last + 1)}`;
}
