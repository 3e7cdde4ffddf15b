/** The expenses of an event: by month, with a filter that lives in the address. */

import { Button, NativeSelect, TextInput } from '@mantine/core';
import { Plural, Trans, useLingui } from '@lingui/react/macro';
import { IconAlertTriangle, IconArrowBackUp, IconClock, IconFilter, IconPlus, IconSearch } from '@tabler/icons-react';
import { useMemo, useState } from 'react';
import { Link, useSearchParams } from 'wouter';
import type { Event } from '@/api/types';
import type { ExpenseFilter } from '@/data/filter';
import { useCategories, useExpenses, type ShownExpense } from '@/data/reads';
import { monthName, shortDate } from '@/i18n/dates';
import { useLocale } from '@/i18n/language';
import { useIdentity } from '@/session/session';
import { CategoryTile } from '@/ui/CategoryTile';
import { useCategoryName } from '@/ui/categoryName';
import { Magnifier, Receipt } from '@/ui/illustrations';
import { Money } from '@/ui/Money';
import { EmptyState, ProblemNote, RowSkeletons } from '@/ui/parts';
import ui from '@/ui/ui.module.css';
import styles from './expenses.module.css';
import { useDeleted, type Undoable } from './undo';
import { undo } from './writes';

type Row = { expense: ShownExpense; undoable?: Undoable };

function useFilter(): [ExpenseFilter, (changes: ExpenseFilter) => void] {
  const [parameters, setParameters] = useSearchParams();
  const text = parameters.toString();
  const filter = useMemo(() => Object.fromEntries(new URLSearchParams(text)) as ExpenseFilter, [text]);
  const change = (changes: ExpenseFilter) => {
    const next = Object.entries({ ...filter, ...changes }).filter((entry): entry is [string, string] => Boolean(entry[1]));
    setParameters(new URLSearchParams(next), { replace: true });
  };
  return [filter, change];
}

export function ExpenseList({ event }: { event: Event }) {
  const { t } = useLingui();
  const [filter, change] = useFilter();
  const { query, expenses } = useExpenses(event.id, filter);
  const categories = useCategories(event.id);
  const deleted = useDeleted();
  const isFiltered = Object.keys(filter).length > 0;
  const [isOpen, setOpen] = useState(isFiltered);
  const rows: Row[] = useMemo(() => {
    const undone = deleted.filter((each) => each.expense.event_id === event.id && !expenses.some((expense) => expense.id === each.expense.id));
    const all: Row[] = [...expenses.map((expense) => ({ expense })), ...undone.map((undoable) => ({ expense: undoable.expense, undoable }))];
    return undone.length === 0 ? all : all.sort((a, b) => (a.expense.date === b.expense.date ? b.expense.created_at - a.expense.created_at : a.expense.date < b.expense.date ? 1 : -1));
  }, [expenses, deleted, event.id]);

  if (query.isLoading) return <div className={ui.card}><RowSkeletons /></div>;
  if (query.error && rows.length === 0) return <ProblemNote error={query.error} />;
  const canWrite = event.role !== 'viewer' && !event.archived;
  if (rows.length === 0 && !isFiltered) {
    return (
      <EmptyState picture={<Receipt />} title={t`Nothing spent yet`}
        action={canWrite && <Button component={Link} href={`/events/${event.id}/expenses/new`} leftSection={<IconPlus size={20} />}><Trans>Add the first expense</Trans></Button>}>
        <Trans>Write down who paid and for whom; Quits works out who owes what.</Trans>
      </EmptyState>
    );
  }
  return (
    <>
      <div className={styles.filters} role="search">
        <div className={styles.filterRow}>
          <TextInput type="search" aria-label={t`Search expenses`} placeholder={t`Search expenses`} data-search leftSection={<IconSearch size={20} aria-hidden />}
            value={filter.q ?? ''} onChange={(typed) => change({ q: typed.target.value })} />
          <button type="button" className="iconlink" style={{ flex: 'none' }} aria-label={t`Filter`} aria-expanded={isOpen} onClick={() => setOpen(!isOpen)}><IconFilter size={22} /></button>
        </div>
        {isOpen && <FilterFields event={event} filter={filter} change={change} />}
      </div>
      <p className="hidden" role="status"><Plural value={expenses.length} one="# expense" other="# expenses" /></p>
      {rows.length === 0 ? (
        <EmptyState picture={<Magnifier />} title={t`Nothing found`} action={<Button variant="default" onClick={() => change({ q: '', category: '', member: '' })}><Trans>Clear the filter</Trans></Button>} />
      ) : (
        <Months rows={rows} event={event} categories={categories} />
      )}
      {query.hasNextPage && (
        <Button variant="default" loading={query.isFetchingNextPage} onClick={() => void query.fetchNextPage()}><Trans>Show more</Trans></Button>
      )}
    </>
  );
}

function FilterFields({ event, filter, change }: { event: Event; filter: ExpenseFilter; change: (changes: ExpenseFilter) => void }) {
  const { t } = useLingui();
  const categories = useCategories(event.id);
  const nameOf = useCategoryName();
  return (
    <div className={styles.filterRow}>
      <NativeSelect aria-label={t`Category`} value={filter.category ?? ''} onChange={(chosen) => change({ category: chosen.target.value })}
        data={[{ value: '', label: t`Every category` }, ...categories.map((each) => ({ value: each.key, label: nameOf(each) }))]} />
      <NativeSelect aria-label={t`Person`} value={filter.member ?? ''} onChange={(chosen) => change({ member: chosen.target.value })}
        data={[{ value: '', label: t`Everybody` }, ...event.members.map((each) => ({ value: each.id, label: each.name }))]} />
    </div>
  );
}

function Months({ rows, event, categories }: { rows: Row[]; event: Event; categories: ReturnType<typeof useCategories> }) {
  const locale = useLocale();
  const months = new Map<string, Row[]>();
  for (const row of rows) months.set(row.expense.date.slice(0, 7), [...(months.get(row.expense.date.slice(0, 7)) ?? []), row]);
  return (
    <div>
      {[...months].map(([month, inMonth]) => (
        <section key={month}>
          <h2 className={styles.month}>{monthName(`${month}-01`, locale)}</h2>
          <ul className={`${ui.card} ${ui.rows}`}>
            {inMonth.map((row) => (
              <li key={row.expense.id}>
                {row.undoable ? <UndoRow event={event} undoable={row.undoable} /> : <ExpenseRow event={event} expense={row.expense} categories={categories} />}
              </li>
            ))}
          </ul>
        </section>
      ))}
    </div>
  );
}

function UndoRow({ event, undoable }: { event: Event; undoable: Undoable }) {
  const identity = useIdentity(event.id);
  const { description } = undoable.expense;
  return (
    <div className={ui.undo} role="status">
      <span>{description ? <Trans>“{description}” deleted</Trans> : <Trans>Deleted</Trans>}</span>
      <Button variant="subtle" color="ink" leftSection={<IconArrowBackUp size={20} />} onClick={() => void undo(identity, undoable)}><Trans>Undo</Trans></Button>
    </div>
  );
}

function ExpenseRow({ event, expense, categories }: { event: Event; expense: ShownExpense; categories: ReturnType<typeof useCategories> }) {
  const { t } = useLingui();
  const locale = useLocale();
  const title = useExpenseTitle(event, expense);
  const mine = expense.shares.find((share) => share.member_id === event.my_member_id)?.amount;
  return (
    <Link href={`/events/${event.id}/expenses/${expense.id}`} className={`${ui.row} ${styles.expense}`} data-waiting={expense.waiting}>
      <CategoryTile category={expense.category} kind={expense.kind} categories={categories} />
      <span className={ui.grow}>
        <span className={ui.title}>{title}</span>
        <span className={`${ui.sub} ${styles.meta}`}>
          {expense.waiting === 'waiting' && <IconClock size={15} aria-label={t`Waiting to be sent`} />}
          {expense.waiting === 'failed' && <IconAlertTriangle size={15} className="owe" aria-label={t`Was refused`} />}
          {shortDate(expense.date, locale)} · <Subline event={event} expense={expense} />
        </span>
      </span>
      <span className={ui.end}>
        <Money amount={expense.event_amount} currency={event.currency} className={ui.title} />
        {mine !== undefined && expense.kind !== 'payment' && (
          <span className={ui.sub}><Trans>you: <Money amount={mine} currency={event.currency} /></Trans></span>
        )}
      </span>
    </Link>
  );
}

function Subline({ event, expense }: { event: Event; expense: ShownExpense }) {
  const names = expense.payers.map((payer) => event.members.find((member) => member.id === payer.member_id)?.name ?? '?');
  const first = names[0];
  if (expense.kind === 'payment') return <Trans>payment</Trans>;
  if (expense.kind === 'income') return <Trans>{first} received</Trans>;
  return names.length > 1 ? <Plural value={names.length} one="# person paid" other="# people paid" /> : <Trans>{first} paid</Trans>;
}

/** What an expense is called: its description, else what it was. */
export function useExpenseTitle(event: Event, expense: Pick<ShownExpense, 'kind' | 'description' | 'payers' | 'shares' | 'category'>): string {
  const { t } = useLingui();
  const name = (id: string | undefined) => event.members.find((member) => member.id === id)?.name ?? '?';
  const from = name(expense.payers[0]?.member_id);
  const to = name(expense.shares[0]?.member_id);
  if (expense.kind === 'payment') return t`${from} paid ${to}`;
  return expense.description || (expense.kind === 'income' ? t`Income` : t`Expense`);
}
