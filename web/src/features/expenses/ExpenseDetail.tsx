/** One expense: what it was, who paid, what each one bears; change or delete it. */

import { Button } from '@mantine/core';
import { Trans, useLingui } from '@lingui/react/macro';
import { IconPencil, IconTrash } from '@tabler/icons-react';
import { Link, useLocation } from 'wouter';
import type { Event } from '@/api/types';
import { useCategories, type ShownExpense } from '@/data/reads';
import { instant, longDate } from '@/i18n/dates';
import { useLocale } from '@/i18n/language';
import { outbox } from '@/outbox';
import { useIdentity } from '@/session/session';
import { Avatar } from '@/ui/Avatar';
import { CategoryTile } from '@/ui/CategoryTile';
import { useCategoryName } from '@/ui/categoryName';
import { BrokenLink } from '@/ui/illustrations';
import { Money } from '@/ui/Money';
import { EmptyState, Note, RowSkeletons, ScreenHeader } from '@/ui/parts';
import ui from '@/ui/ui.module.css';
import { useExpenseTitle } from './ExpenseList';
import styles from './expenses.module.css';
import { remove } from './writes';
import { useFoundExpense } from './useFoundExpense';

export function ExpenseDetail({ event, expenseId }: { event: Event; expenseId: string }) {
  const { t } = useLingui();
  const { expense, isLoading } = useFoundExpense(event.id, expenseId);
  const back = `/events/${event.id}`;
  if (!expense) {
    return (
      <>
        <ScreenHeader title={t`Expense`} back={back} />
        <div className={ui.page}>
          {isLoading ? <RowSkeletons count={3} /> : <EmptyState picture={<BrokenLink />} title={t`This expense is not there any more`} />}
        </div>
      </>
    );
  }
  return <Detail event={event} expense={expense} />;
}

function Detail({ event, expense }: { event: Event; expense: ShownExpense }) {
  const [, navigate] = useLocation();
  const identity = useIdentity(event.id);
  const categories = useCategories(event.id);
  const title = useExpenseTitle(event, expense);
  const locale = useLocale();
  const canWrite = event.role !== 'viewer' && !event.archived;
  const back = `/events/${event.id}`;
  const isForeign = expense.currency !== event.currency;
  const onDelete = async () => {
    await remove(identity, expense);
    navigate(back);
  };
  return (
    <>
      <ScreenHeader title={title} back={back} />
      <div className={ui.page}>
        <div className={styles.hero}>
          <CategoryTile category={expense.category} kind={expense.kind} categories={categories} />
          <strong><Money amount={expense.amount} currency={expense.currency} /></strong>
          {isForeign && <span className="muted"><Trans><Money amount={expense.event_amount} currency={event.currency} /> at a rate of {expense.rate}</Trans></span>}
          <span className="muted">{longDate(expense.date, locale)}</span>
        </div>
        <Waiting expense={expense} />
        <People event={event} expense={expense} />
        <Facts event={event} expense={expense} />
        {canWrite && (
          <div className={ui.actions}>
            {expense.kind !== 'payment' && (
              <Button component={Link} href={`/events/${event.id}/expenses/${expense.id}/edit`} variant="default" leftSection={<IconPencil size={20} />}><Trans>Change</Trans></Button>
            )}
            <Button variant="default" leftSection={<IconTrash size={20} />} onClick={() => void onDelete()}><Trans>Delete</Trans></Button>
          </div>
        )}
      </div>
    </>
  );
}

function Waiting({ expense }: { expense: ShownExpense }) {
  if (!expense.waiting || !expense.writeId) return null;
  const id = expense.writeId;
  if (expense.waiting === 'waiting') return <Note><Trans>Waiting to be sent. It is kept on this device until then.</Trans></Note>;
  return (
    <>
      <Note kind="problem">{expense.problem}</Note>
      <div className={ui.actions}>
        <Button onClick={() => void outbox.retry(id)}><Trans>Try again</Trans></Button>
        <Button variant="default" onClick={() => void outbox.discard(id)}><Trans>Discard the change</Trans></Button>
      </div>
    </>
  );
}

function People({ event, expense }: { event: Event; expense: ShownExpense }) {
  const { t } = useLingui();
  const person = (id: string) => event.members.find((member) => member.id === id);
  const heads: Record<typeof expense.kind, [string, string]> = {
    expense: [t`Paid by`, t`For`], income: [t`Received by`, t`Belongs to`], payment: [t`From`, t`To`],
  };
  const lists = [
    { head: heads[expense.kind][0], rows: expense.payers.map((payer) => ({ id: payer.member_id, amount: payer.amount ?? expense.amount })), currency: expense.currency },
    { head: heads[expense.kind][1], rows: expense.shares.map((share) => ({ id: share.member_id, amount: share.amount })), currency: event.currency },
  ];
  return lists.map(({ head, rows, currency }) => (
    <section key={head}>
      <h2 className={styles.month}>{head}</h2>
      <ul className={`${ui.card} ${ui.rows}`}>
        {rows.map((row) => (
          <li key={row.id} className={ui.row}>
            <Avatar id={row.id} name={person(row.id)?.name ?? '?'} size={36} />
            <span className={ui.grow}>{person(row.id)?.name ?? <Trans>A former member</Trans>}</span>
            <Money amount={row.amount} currency={currency} className={ui.title} />
          </li>
        ))}
      </ul>
    </section>
  ));
}

function Facts({ event, expense }: { event: Event; expense: ShownExpense }) {
  const { t } = useLingui();
  const locale = useLocale();
  const nameOf = useCategoryName();
  const category = useCategories(event.id).find((each) => each.key === expense.category);
  const splits = { equal: t`equally`, exact: t`by exact amounts`, percentage: t`by percent`, shares: t`by parts`, adjustment: t`equally, with extras` };
  const isEveryone = expense.split.participants === 'everyone';
  return (
    <div className={`${ui.card} ${ui.padded}`}>
      {expense.note && <p style={{ whiteSpace: 'pre-wrap' }}>{expense.note}</p>}
      <dl className={styles.facts}>
        {expense.kind !== 'payment' && <><dt><Trans>Split</Trans></dt><dd>{isEveryone ? <Trans>equally, also with those who join later</Trans> : splits[expense.split.type]}</dd></>}
        {category && <><dt><Trans>Category</Trans></dt><dd>{nameOf(category)}</dd></>}
        <dt><Trans>Written down</Trans></dt>
        <dd>{expense.created_by.name ? <Trans>by {expense.created_by.name}, {instant(expense.created_at, locale)}</Trans> : instant(expense.created_at, locale)}</dd>
      </dl>
    </div>
  );
}

