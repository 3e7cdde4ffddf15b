/** An amount as text, with figures of equal width. */

import { formatMoney } from '@/money/format';
import { useLocale } from '@/i18n/language';

interface Props {
  amount: number;
  currency: string;
  /** Put a plus before what is above zero. */
  signed?: boolean;
  /** Colour by sign: what is owed to one, what one owes. */
  tinted?: boolean;
  className?: string;
}

export function Money({ amount, currency, signed = false, tinted = false, className = '' }: Props) {
  const tint = tinted && amount !== 0 ? (amount > 0 ? 'owed' : 'owe') : '';
  return <span className={`amount ${tint} ${className}`}>{formatMoney(amount, currency, useLocale(), signed)}</span>;
}

/** Return a function that writes amounts in the reader's locale, for texts. */
export function useMoneyText(currency: string): (amount: number) => string {
  const locale = useLocale();
  return (amount) => formatMoney(amount, currency, locale);
}
