/** Currencies: how many decimals their minor unit has, and what the browser calls them. */

const decimalsByCode = new Map<string, number>();

/** ISO 4217 says more decimals than some browsers show; the server counts by the standard. */
const ISO_DECIMALS: Record<string, number> = {
  AFN: 2, ALL: 2, COP: 2, HUF: 2, IDR: 2, IQD: 3, IRR: 2, KPW: 2, LAK: 2, LBP: 2, MGA: 2, MMK: 2, PKR: 2, RSD: 2,
  SOS: 2, SYP: 2, YER: 2,
};

/** Return how many decimals the currency's minor unit has. */
export function decimalsOf(code: string): number {
  let decimals = ISO_DECIMALS[code] ?? decimalsByCode.get(code);
  if (decimals === undefined) {
    decimals = new Intl.NumberFormat('en', { style: 'currency', currency: code }).resolvedOptions().maximumFractionDigits ?? 2;
    decimalsByCode.set(code, decimals);
  }
  return decimals;
}

const LOW_VALUE = new Set(['IDR', 'IRR', 'LAK', 'UZS', 'VND']);

/** Return the largest amount the server accepts, in minor units. */
export function maximumOf(code: string): number {
  return (LOW_VALUE.has(code) ? 10_000_000_000 : 10_000_000) * 10 ** decimalsOf(code);
}

const COMMON = ['EUR', 'USD', 'GBP', 'CHF', 'PLN', 'CZK', 'SEK', 'NOK', 'DKK', 'JPY', 'AUD', 'CAD'];
/** Without decimals of their own, or no longer in ISO 4217: the server refuses them. */
const REFUSED = new Set(
  'XXX XTS XAU XAG XPT XPD XDR XSU XUA XBA XBB XBC XBD ANG BGN CUC HRK SLL ZWL'.split(' '),
);

export interface CurrencyChoice {
  code: string;
  label: string;
}

/** Return all currencies with their names in `locale`: the common ones, then the others by code. */
export function currencyChoices(locale: string): { common: CurrencyChoice[]; others: CurrencyChoice[] } {
  const names = new Intl.DisplayNames([locale], { type: 'currency' });
  const choice = (code: string): CurrencyChoice => ({ code, label: `${code} · ${names.of(code) ?? code}` });
  const all = Intl.supportedValuesOf('currency').filter((code) => !REFUSED.has(code));
  return { common: COMMON.map(choice), others: all.filter((code) => !COMMON.includes(code)).map(choice) };
}
