/** Why an expense cannot be saved yet, in words. */

import { useLingui } from '@lingui/react/macro';
import type { Event } from '@/api/types';
import { useLocale } from '@/i18n/language';
import { formatMoney } from '@/money/format';
import { maximumOf } from '@/money/currency';
import { plainLeft, type Draft, type Reason, type Understood } from './draft';

export function useReasonText(): (reason: Reason, draft: Draft, event: Event, understood: Understood) => string {
  const { t } = useLingui();
  const locale = useLocale();
  return (reason, draft, event, understood) => {
    const most = formatMoney(maximumOf(draft.currency), draft.currency, locale);
    const left = understood.left ?? 0;
    const missing = draft.split === 'percentage' ? plainLeft(draft, left) : formatMoney(Math.abs(left), draft.currency, locale);
    const texts: Record<Reason, string> = {
      amount_missing: t`Type the amount.`,
      amount_wrong: t`The amount is no number.`,
      amount_too_precise: t`${draft.currency} does not have that many decimals.`,
      amount_too_large: t`The amount can be at most ${most}.`,
      rate_missing: t`Say how much ${event.currency} one ${draft.currency} was.`,
      payers_missing: t`Say who paid.`,
      payers_wrong: t`What one of the payers put in is no amount.`,
      payers_sum: t`What the payers put in does not add up to the amount.`,
      nobody: t`Choose for whom it was.`,
      values_wrong: t`One of the values is no number.`,
      exact_sum: left > 0 ? t`${missing} still to assign.` : t`${missing} too much assigned.`,
      percentage_sum: left > 0 ? t`${missing} still to assign.` : t`${missing} too much assigned.`,
      shares_zero: t`Each one needs a part above zero.`,
      adjustment_sum: t`The extras are more than the amount.`,
      share_negative: t`With these extras somebody would bear less than nothing.`,
      date_missing: t`Choose a date.`,
    };
    return texts[reason];
  };
}
