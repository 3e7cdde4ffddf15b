/** For whom: the participants, how it is split, and what each one bears, to the cent. */

import { Switch } from '@mantine/core';
import { Plural, Trans, useLingui } from '@lingui/react/macro';
import type { Event, Member } from '@/api/types';
import { useLocale } from '@/i18n/language';
import { decimalText, type SplitType } from '@/money/split';
import { Avatar } from '@/ui/Avatar';
import { Money, useMoneyText } from '@/ui/Money';
import { Choice } from '@/ui/parts';
import ui from '@/ui/ui.module.css';
import type { FieldProps } from './AmountField';
import { present, zeroText, type Draft } from './draft';
import styles from './expenses.module.css';

export function SplitField({ draft, change, event, understood, isExact }: FieldProps & { event: Event; isExact: boolean }) {
  const { t } = useLingui();
  const options: { value: SplitType; label: string }[] = [
    { value: 'equal', label: t`Equally` },
    { value: 'exact', label: t`Exact` },
    { value: 'percentage', label: t`Percent` },
    { value: 'shares', label: t`Parts` },
    { value: 'adjustment', label: t`Plus/minus` },
  ];
  const people = listed(draft, event);
  const isEveryone = draft.isEveryone && draft.split === 'equal';
  const isAll = people.every((member) => draft.included.includes(member.id));
  return (
    <>
      <Choice label={t`Split`} value={draft.split} options={options} onChange={(split) => change({ split, ...(split === 'equal' ? {} : { isEveryone: false }) })} />
      <p className={ui.sub}>{explanation(draft.split)}</p>
      {draft.split === 'equal' && (
        <Switch label={t`Everyone, also those who join later`} checked={isEveryone} onChange={(chosen) => change({ isEveryone: chosen.target.checked })} />
      )}
      <div>
        <div className={styles.left} style={{ background: 'none', padding: '0 0 6px' }}>
          <span><Plural value={isEveryone ? present(event.members, draft.date).length : draft.included.length} one="For # person" other="For # people" /></span>
          {!isEveryone && (
            <button type="button" className="textlink" onClick={() => change({ included: isAll ? [] : people.map((member) => member.id) })}>
              {isAll ? <Trans>Nobody</Trans> : <Trans>All</Trans>}
            </button>
          )}
        </div>
        <ul className={styles.people} aria-label={t`For whom`}>
          {people.map((member) => <PersonRow key={member.id} member={member} {...{ draft, change, event, understood, isEveryone }} />)}
        </ul>
      </div>
      <Left draft={draft} left={understood.left} />
      {!isExact && understood.shares.size > 0 && (
        <p className={ui.sub}><Trans>Not all expenses are loaded: who bears an odd cent may still change.</Trans></p>
      )}
    </>
  );
}

function explanation(split: SplitType) {
  switch (split) {
    case 'equal': return <Trans>The same for everybody, by weight where somebody counts for more.</Trans>;
    case 'exact': return <Trans>You say what each one bears.</Trans>;
    case 'percentage': return <Trans>You say how much percent each one bears; together 100.</Trans>;
    case 'shares': return <Trans>In proportion to parts: an adult 1, a child 0.5.</Trans>;
    case 'adjustment': return <Trans>Equally, plus or minus what somebody had extra.</Trans>;
  }
}

/** Members of that day, and whoever is in the split already. */
function listed(draft: Draft, event: Event): Member[] {
  const day = new Set(present(event.members, draft.date).map((member) => member.id));
  return event.members.filter((member) => day.has(member.id) || draft.included.includes(member.id));
}

interface RowProps extends FieldProps {
  member: Member;
  event: Event;
  isEveryone: boolean;
}

function PersonRow({ member, draft, change, event, understood, isEveryone }: RowProps) {
  const { t } = useLingui();
  const locale = useLocale();
  const isIn = isEveryone ? understood.shares.has(member.id) || present([member], draft.date).length > 0 : draft.included.includes(member.id);
  const share = understood.shares.get(member.id);
  const unit: Record<SplitType, string> = { equal: '', exact: draft.currency, percentage: '%', shares: '×', adjustment: '±' };
  const toggle = () => change({ included: isIn ? draft.included.filter((id) => id !== member.id) : [...draft.included, member.id] });
  const placeholder = draft.split === 'shares' ? '1' : draft.split === 'percentage' ? '0' : zeroText(draft.currency, locale);
  return (
    <li>
      <label className={styles.who}>
        <input type="checkbox" checked={isIn} disabled={isEveryone} onChange={toggle} />
        <Avatar id={member.id} name={member.name} size={32} />
        <span>{member.name}{draft.split === 'equal' && member.weight !== '1' && <span className="muted"> ×{member.weight}</span>}</span>
      </label>
      <span className={styles.value}>
        {isIn && draft.split !== 'equal' && (
          <input inputMode={draft.split === 'adjustment' ? 'text' : 'decimal'} autoComplete="off" placeholder={placeholder} aria-label={t`${member.name}: value (${unit[draft.split]})`}
            value={draft.values[draft.split][member.id] ?? ''}
            onChange={(typed) => change({ values: { ...draft.values, [draft.split]: { ...draft.values[draft.split], [member.id]: typed.target.value } } })} />
        )}
        <span className={styles.share} data-share={member.name}>
          {isIn && share !== undefined ? <Money amount={share} currency={event.currency} /> : <span className="muted">–</span>}
        </span>
      </span>
    </li>
  );
}

function Left({ draft, left }: { draft: Draft; left: number | null }) {
  const text = useMoneyText(draft.currency);
  if (left === null || draft.split === 'equal' || draft.split === 'shares') return null;
  const shown = draft.split === 'percentage' ? `${decimalText(Math.abs(left))} %` : text(Math.abs(left));
  if (draft.split === 'adjustment') {
    return (
      <div className={styles.left} data-over={left < 0 ? '' : undefined} role="status">
        <span>{left < 0 ? <Trans>The extras are more than the amount by</Trans> : <Trans>To be split equally</Trans>}</span>
        <span className="amount">{shown}</span>
      </div>
    );
  }
  return (
    <div className={styles.left} data-ok={left === 0 ? '' : undefined} data-over={left < 0 ? '' : undefined} role="status">
      <span>{left === 0 ? <Trans>All of it is assigned</Trans> : left > 0 ? <Trans>Left to assign</Trans> : <Trans>Assigned too much</Trans>}</span>
      {left !== 0 && <span className="amount">{shown}</span>}
    </div>
  );
}
