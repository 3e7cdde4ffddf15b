import { describe, expect, test } from 'vitest';
import { decimalsOf, maximumOf } from '@/money/currency';
import { formatMoney, inputText, parseAmount, plain } from '@/money/format';
import { convert, parseRate } from '@/money/rate';
import { allocate, decimalText, divide, hundredths, type Division } from '@/money/split';
import splits from './splits.json';

type Case = Omit<Division, 'leftovers'> & { leftovers: Record<string, number>; shares: Record<string, number> };

describe('reading amounts', () => {
  test.each([
    ['12', 'EUR', 1200], ['12.5', 'EUR', 1250], ['12,50', 'EUR', 1250], ['0,07', 'EUR', 7], ['.5', 'EUR', 50], ['1.234,56', 'EUR', 123456],
    ['1,234.56', 'EUR', 123456], ["1'234.50", 'CHF', 123450], ['1 234,5', 'EUR', 123450], ['1.234.567', 'EUR', 123456700], ['500', 'JPY', 500],
    ['1,500', 'JPY', 1500], ['1.234', 'KWD', 1234], ['12.500', 'EUR', 1250], ['10000000', 'EUR', 1_000_000_000], ['100.', 'EUR', 10000],
  ])('%s %s is %i minor units', (text, currency, amount) => expect(parseAmount(text, currency)).toEqual({ amount }));

  test.each([
    ['', 'EUR', 'empty'], ['  ', 'EUR', 'empty'], ['abc', 'EUR', 'not_a_number'], ['1.2.3', 'EUR', 'not_a_number'], ['-5', 'EUR', 'not_a_number'], ['1e3', 'EUR', 'not_a_number'],
    ['.', 'EUR', 'not_a_number'], ['1.005', 'EUR', 'too_many_decimals'], ['1.5', 'JPY', 'too_many_decimals'], ['10000000.01', 'EUR', 'too_large'], ['99999999999999999999', 'EUR', 'too_large'],
  ])('%s %s is refused: %s', (text, currency, problem) => expect(parseAmount(text, currency)).toEqual({ problem }));

  test('an extra may be negative', () => {
    expect(parseAmount('-3,20', 'EUR', true)).toEqual({ amount: -320 });
    expect(parseAmount('−3', 'EUR', true)).toEqual({ amount: -300 });
  });

  test('what is written is read back', () => {
    for (const locale of ['en-GB', 'de-DE', 'fr-FR']) {
      for (const currency of ['EUR', 'JPY', 'KWD', 'HUF']) {
        for (const amount of [0, 1, 99, 100, 9_999_999]) {
          expect(parseAmount(inputText(amount, currency, locale), currency)).toEqual({ amount });
        }
      }
    }
  });
});

describe('writing amounts', () => {
  test('no digit is lost', () => {
    expect(plain(1, 'EUR')).toBe('0.01');
    expect(plain(-1234, 'EUR')).toBe('-12.34');
    expect(plain(1234, 'JPY')).toBe('1234');
    expect(formatMoney(999_999_999_999_999, 'EUR', 'en-GB')).toBe('€9,999,999,999,999.99');
    expect(formatMoney(1250, 'EUR', 'de-DE').replace(/\s/g, ' ')).toBe('12,50 €');
    expect(formatMoney(5, 'EUR', 'en-GB', true)).toBe('+€0.05');
  });
  test('decimals follow the standard, also where browsers show fewer', () => {
    expect([decimalsOf('HUF'), decimalsOf('IDR'), decimalsOf('JPY'), decimalsOf('KWD')]).toEqual([2, 2, 0, 3]);
    expect(maximumOf('JPY')).toBe(10_000_000);
  });
});

describe('rates', () => {
  test('conversion rounds half up, without fractions', () => {
    expect(convert(12000, 'USD', 'EUR', '0.9213')).toBe(11056);
    expect(convert(1, 'EUR', 'JPY', '50')).toBe(1);
    expect(convert(1000, 'JPY', 'EUR', '0.00615')).toBe(615);
    expect(convert(1, 'EUR', 'EUR', '0.5')).toBe(1);
  });
  test('only what is above zero is a rate', () => {
    expect(parseRate('1,0842')).toBe('1.0842');
    for (const text of ['', '0', '0.0', '-1', 'x', '1.2.3']) expect(parseRate(text)).toBeNull();
  });
});

describe('splitting', () => {
  test.each((splits as unknown as Case[]).map((each, i) => [i, each] as const))('case %i has the server’s shares', (_, { shares, leftovers, ...division }) => {
    expect(Object.fromEntries(divide({ ...division, leftovers: new Map(Object.entries(leftovers)) }))).toEqual(shares);
  });
  test('parts add up, whatever the weights', () => {
    for (let amount = 0; amount < 50; amount++) expect(allocate(amount, [3, 0, 5, 1]).reduce((sum, part) => sum + part, 0)).toBe(amount);
  });
  test('hundredths are read and written', () => {
    expect([hundredths('33.34'), hundredths('0,5'), hundredths('2'), hundredths('1.999'), hundredths(''), hundredths('x')]).toEqual([3334, 50, 200, null, null, null]);
    expect([decimalText(3334), decimalText(50), decimalText(200), decimalText(0), decimalText(10000)]).toEqual(['33.34', '0.5', '2', '0', '100']);
  });
});
