/** Who paid: one member, or several with what each put in. */

import { NativeSelect, Switch } from '@mantine/core';
import { Trans, useLingui } from '@lingui/react/macro';
import type { Event } from '@/api/types';
import { useLocale } from '@/i18n/language';
import { Avatar } from '@/ui/Avatar';
import { useMoneyText } from '@/ui/Money';
import type { FieldProps } from './AmountField';
import { zeroText } from './draft';
import styles from './expenses.module.css';

export function PayersField({ draft, change, event, understood }: FieldProps & { event: Event }) {
  const { t } = useLingui();
  const locale = useLocale();
  const text = useMoneyText(draft.currency);
  const left = understood.payersLeft;
  const label = draft.kind === 'income' ? t`Who received it` : t`Who paid`;
  return (
    <>
      {!draft.isShared && (
        <NativeSelect label={label} value={draft.payer} onChange={(chosen) => change({ payer: chosen.target.value })}
          data={event.members.map((member) => ({ value: member.id, label: member.id === event.my_member_id ? t`${member.name} (you)` : member.name }))} />
      )}
      {event.members.length > 1 && (
        <Switch label={draft.kind === 'income' ? t`Several received it` : t`Several paid`} checked={draft.isShared}
          onChange={(chosen) => change({ isShared: chosen.target.checked, payers: chosen.target.checked && Object.keys(draft.payers).length === 0 ? { [draft.payer]: draft.amount } : draft.payers })} />
      )}
      {draft.isShared && (
        <>
          <ul className={styles.people} aria-label={label}>
            {event.members.map((member) => (
              <li key={member.id}>
                <label htmlFor={`payer-${member.id}`} className={styles.who}><Avatar id={member.id} name={member.name} size={32} /><span>{member.name}</span></label>
                <span className={styles.value}>
                  <input id={`payer-${member.id}`} inputMode="decimal" autoComplete="off" placeholder={zeroText(draft.currency, locale)} value={draft.payers[member.id] ?? ''}
                    onChange={(typed) => change({ payers: { ...draft.payers, [member.id]: typed.target.value } })} />
                </span>
              </li>
            ))}
          </ul>
          {left !== null && (
            <div className={styles.left} data-ok={left === 0 ? '' : undefined} data-over={left < 0 ? '' : undefined} role="status">
              <span>{left === 0 ? <Trans>All of it is accounted for</Trans> : left > 0 ? <Trans>Still missing</Trans> : <Trans>Too much</Trans>}</span>
              {left !== 0 && <span className="amount">{text(Math.abs(left))}</span>}
            </div>
          )}
        </>
      )}
    </>
  );
}
