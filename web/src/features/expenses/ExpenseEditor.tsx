/** Writing down an expense: the amount first, then what, who paid, when, and for whom. */

import { Button, Textarea, TextInput } from '@mantine/core';
import { Trans, useLingui } from '@lingui/react/macro';
import { useEffect, useMemo, useRef, useState } from 'react';
import { useLocation } from 'wouter';
import type { Event, Expense } from '@/api/types';
import { forget, keep, recall } from '@/data/database';
import { useCategories, useExpenses } from '@/data/reads';
import { today } from '@/i18n/dates';
import { useLocale } from '@/i18n/language';
import { leftoversOf } from '@/money/leftovers';
import { useIdentity } from '@/session/session';
import { CategoryTile } from '@/ui/CategoryTile';
import { useCategoryName } from '@/ui/categoryName';
import { Choice, ScreenHeader } from '@/ui/parts';
import ui from '@/ui/ui.module.css';
import { AmountField, RateField } from './AmountField';
import { draftOf, newDraft, understand, type Draft } from './draft';
import styles from './expenses.module.css';
import { PayersField } from './PayersField';
import { useReasonText } from './reasons';
import { SplitField } from './SplitField';
import { edit, record } from './writes';

const SAVE_DRAFT_AFTER_MS = 300;

export function ExpenseEditor({ event, expense }: { event: Event; expense?: Expense }) {
  const locale = useLocale();
  const name = `draft:${event.id}:${expense?.id ?? 'new'}`;
  const [start, setStart] = useState<Draft | null>(null);
  useEffect(() => {
    const fresh = () => (expense ? draftOf(expense, event, locale) : newDraft(event, event.my_member_id, today()));
    void recall<Draft>(name).catch(() => undefined).then((kept) => setStart(kept ?? fresh()));
    // What the event looks like later does not change what was begun.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [name]);
  return start && <Editor key={name} name={name} event={event} start={start} {...(expense ? { expense } : {})} />;
}

function Editor({ name, event, expense, start }: { name: string; event: Event; expense?: Expense; start: Draft }) {
  const { t } = useLingui();
  const [, navigate] = useLocation();
  const identity = useIdentity(event.id);
  const [draft, setDraft] = useState(start);
  const [isBusy, setBusy] = useState(false);
  const { expenses, isComplete } = useExpenses(event.id);
  const leftovers = useMemo(() => leftoversOf(isComplete ? expenses : [], event.members, expense?.id), [expenses, isComplete, event.members, expense?.id]);
  const understood = useMemo(() => understand(draft, event, leftovers), [draft, event, leftovers]);
  const reasonText = useReasonText();
  const change = (changes: Partial<Draft>) => setDraft((now) => ({ ...now, ...changes }));
  const isSaved = useRef(false);
  const back = expense ? `/events/${event.id}/expenses/${expense.id}` : `/events/${event.id}`;

  useEffect(() => {
    if (draft === start) return;
    const timer = setTimeout(() => { if (!isSaved.current) void keep(name, draft); }, SAVE_DRAFT_AFTER_MS);
    return () => clearTimeout(timer);
  }, [draft, start, name]);

  async function save(submitted: React.FormEvent) {
    submitted.preventDefault();
    if (understood.reason !== null || isBusy) return;
    setBusy(true);
    isSaved.current = true;
    await (expense ? edit(identity, event, expense, draft, understood) : record(identity, event, draft, understood));
    await forget(name);
    navigate(`/events/${event.id}`, { replace: true });
  }

  const discard = async () => {
    isSaved.current = true;
    await forget(name);
    navigate(back, { replace: true });
  };

  return (
    <>
      <ScreenHeader title={expense ? t`Change expense` : t`New expense`} back={back}>
        {draft !== start && <Button variant="subtle" color="ink" size="sm" onClick={() => void discard()}><Trans>Discard</Trans></Button>}
      </ScreenHeader>
      <form className={ui.page} onSubmit={(submitted) => void save(submitted)} noValidate>
        <section className={`${ui.card} ${ui.padded}`}>
          <AmountField draft={draft} change={change} isFirst={!expense} understood={understood} />
          {draft.currency !== event.currency && <RateField draft={draft} change={change} event={event} understood={understood} />}
          <TextInput label={t`Title`} placeholder={t`What was it?`} maxLength={500} value={draft.description} autoComplete="off" enterKeyHint="done"
            onChange={(typed) => change({ description: typed.target.value })} />
          <Choice label={t`Kind`} isLabelHidden value={draft.kind} onChange={(kind) => change({ kind })}
            options={[{ value: 'expense', label: t`Spent` }, { value: 'income', label: t`Received` }]} />
        </section>
        <section className={`${ui.card} ${ui.padded}`}><PayersField draft={draft} change={change} event={event} understood={understood} /></section>
        <section className={`${ui.card} ${ui.padded}`}><SplitField draft={draft} change={change} event={event} understood={understood} isExact={isComplete} /></section>
        <section className={`${ui.card} ${ui.padded}`}>
          <TextInput type="date" label={t`Date`} required value={draft.date} min="2000-01-01" onChange={(typed) => change({ date: typed.target.value })} />
          <CategoryField event={event} draft={draft} change={change} />
          <Textarea label={t`Note`} maxLength={5000} autosize={false} rows={2} value={draft.note} onChange={(typed) => change({ note: typed.target.value })} />
        </section>
        <div className={styles.save}>
          <p id="why" role="status" className={understood.reason && understood.reason !== 'amount_missing' ? 'owe' : 'muted'}>
            {understood.reason ? reasonText(understood.reason, draft, event, understood) : ''}
          </p>
          <Button type="submit" fullWidth loading={isBusy} disabled={understood.reason !== null} aria-describedby="why"><Trans>Save</Trans></Button>
        </div>
      </form>
    </>
  );
}

function CategoryField({ event, draft, change }: { event: Event; draft: Draft; change: (changes: Partial<Draft>) => void }) {
  const { t } = useLingui();
  const categories = useCategories(event.id);
  const nameOf = useCategoryName();
  if (categories.length === 0) return null;
  return (
    <fieldset className={ui.fieldset}>
      <legend className={ui.legend}>{t`Category`}</legend>
      <div className={styles.categories}>
        {categories.map((category) => (
          <label key={category.key} className={styles.category}>
            <input type="radio" name="category" checked={draft.category === category.key} onChange={() => change({ category: category.key })} />
            <span><CategoryTile category={category.key} kind="expense" categories={categories} />{nameOf(category)}</span>
          </label>
        ))}
      </div>
    </fieldset>
  );
}
