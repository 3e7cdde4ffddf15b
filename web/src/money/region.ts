/** The currency that people most likely use where the browser comes from. */

const BY_REGION: Record<string, string> = {
  US: 'USD', GB: 'GBP', CH: 'CHF', LI: 'CHF', PL: 'PLN', CZ: 'CZK', SE: 'SEK', NO: 'NOK', DK: 'DKK', JP: 'JPY', AU: 'AUD', CA: 'CAD',
  NZ: 'NZD', IN: 'INR', BR: 'BRL', MX: 'MXN', ZA: 'ZAR', TR: 'TRY', HU: 'HUF', RO: 'RON', CN: 'CNY', KR: 'KRW', SG: 'SGD', HK: 'HKD',
};

export function currencyOfRegion(tags: readonly string[] = navigator.languages): string {
  for (const tag of tags) {
    const region = new Intl.Locale(tag).region;
    if (region) return BY_REGION[region] ?? 'EUR';
  }
  return 'EUR';
}
