/** The amount, its currency, and the rate when that is not the event's. */

import { TextInput } from '@mantine/core';
import { Trans, useLingui } from '@lingui/react/macro';
import { useEffect, useRef } from 'react';
import type { Event } from '@/api/types';
import { useLocale } from '@/i18n/language';
import { CurrencySelect } from '@/ui/CurrencySelect';
import { Money } from '@/ui/Money';
import ui from '@/ui/ui.module.css';
import { zeroText, type Draft, type Understood } from './draft';
import styles from './expenses.module.css';

export interface FieldProps {
  draft: Draft;
  change: (changes: Partial<Draft>) => void;
  understood: Understood;
}

export function AmountField({ draft, change, isFirst, understood }: FieldProps & { isFirst: boolean }) {
  const { t } = useLingui();
  const locale = useLocale();
  const input = useRef<HTMLInputElement>(null);
  useEffect(() => {
    if (isFirst) input.current?.focus();
  }, [isFirst]);
  const isWrong = understood.reason?.startsWith('amount_') === true && understood.reason !== 'amount_missing';
  return (
    <div className={styles.amountBox}>
      <div className={styles.big}>
        <label htmlFor="amount">{t`Amount`}</label>
        <input id="amount" ref={input} inputMode="decimal" autoComplete="off" placeholder={zeroText(draft.currency, locale)} value={draft.amount}
          aria-invalid={isWrong || undefined} aria-describedby="why" enterKeyHint="next" onChange={(typed) => change({ amount: typed.target.value })} />
      </div>
      <div className={styles.currency}>
        <CurrencySelect label={t`Currency of the amount`} isLabelHidden isShort value={draft.currency} onChange={(currency) => change({ currency })} />
      </div>
    </div>
  );
}

export function RateField({ draft, change, event, understood }: FieldProps & { event: Event }) {
  const { t } = useLingui();
  const { eventAmount } = understood;
  return (
    <div className={styles.two}>
      <TextInput label={t`Rate: 1 ${draft.currency} in ${event.currency}`} inputMode="decimal" autoComplete="off" required placeholder="1.0842" value={draft.rate}
        onChange={(typed) => change({ rate: typed.target.value })} />
      <div>
        <span className={ui.legend}><Trans>In {event.currency}</Trans></span>
        <p style={{ minHeight: 48, display: 'grid', alignItems: 'center', fontWeight: 700 }}>
          {eventAmount === null ? <span className="muted">–</span> : <Money amount={eventAmount} currency={event.currency} />}
        </p>
      </div>
    </div>
  );
}
