/** Where everybody stands: bars that go right for what is owed to one, left for what one owes. */

import { Button } from '@mantine/core';
import { Trans, useLingui } from '@lingui/react/macro';
import { useState } from 'react';
import { Link } from 'wouter';
import type { Balance, Event } from '@/api/types';
import { useBalanceLines, useBalances } from '@/data/reads';
import { shortDate } from '@/i18n/dates';
import { useLocale } from '@/i18n/language';
import { Avatar } from '@/ui/Avatar';
import { Even } from '@/ui/illustrations';
import { Money } from '@/ui/Money';
import { EmptyState, ProblemNote, RowSkeletons, Sheet } from '@/ui/parts';
import ui from '@/ui/ui.module.css';
import styles from './balances.module.css';

export function BalancesTab({ event }: { event: Event }) {
  const { t } = useLingui();
  const { balances, isLoading, error } = useBalances(event.id);
  const [openId, setOpenId] = useState<string | null>(null);
  if (isLoading) return <div className={ui.card}><RowSkeletons /></div>;
  if (!balances) return <ProblemNote error={error} />;
  const rows = [...balances.balances].sort((a, b) => b.balance - a.balance || (a.member_id < b.member_id ? -1 : 1));
  const widest = Math.max(1, ...rows.map((row) => Math.abs(row.balance)));
  const open = rows.find((row) => row.member_id === openId);
  const isEven = rows.every((row) => row.balance === 0);
  return (
    <>
      <div className={`${ui.card} ${styles.total}`}>
        <span><Trans>Spent together</Trans></span>
        <strong><Money amount={balances.total_spent} currency={balances.currency} /></strong>
      </div>
      {isEven && <EmptyState picture={<Even />} title={t`Everybody is quits`}><Trans>Nobody owes anybody anything.</Trans></EmptyState>}
      <table className={`${ui.card} ${styles.table}`}>
        <caption className="hidden"><Trans>Balances: positive is owed to the person, negative the person owes</Trans></caption>
        <thead className="hidden"><tr><th scope="col"><Trans>Person</Trans></th><th scope="col"><Trans>Balance</Trans></th></tr></thead>
        <tbody>
          {rows.map((row) => (
            <tr key={row.member_id}>
              <th scope="row">
                <button type="button" className={styles.name} onClick={() => setOpenId(row.member_id)}>
                  <Avatar id={row.member_id} name={row.name} size={36} />
                  <span>{row.member_id === event.my_member_id ? t`${row.name} (you)` : row.name}<span className="hidden">: <Trans>show what is behind the balance</Trans></span></span>
                </button>
              </th>
              <td>
                <span className={styles.bar} data-sign={Math.sign(row.balance)} aria-hidden><i style={{ inlineSize: `${(Math.abs(row.balance) / widest) * 50}%` }} /></span>
                <span className={styles.words}>{words(row)} <Money amount={Math.abs(row.balance)} currency={balances.currency} tinted={false} className={row.balance > 0 ? 'owed' : row.balance < 0 ? 'owe' : ''} /></span>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      {!isEven && <Button component={Link} href={`/events/${event.id}/settle`} variant="default"><Trans>Settle up</Trans></Button>}
      <Sheet opened={open !== undefined} onClose={() => setOpenId(null)} title={open?.name ?? ''}>
        {open && <Lines event={event} balance={open} />}
      </Sheet>
    </>
  );
}

function words(row: Balance) {
  if (row.balance === 0) return <Trans>is quits</Trans>;
  return row.balance > 0 ? <Trans>gets back</Trans> : <Trans>owes</Trans>;
}

/** Why a balance is what it is. */
function Lines({ event, balance }: { event: Event; balance: Balance }) {
  const locale = useLocale();
  const query = useBalanceLines(event.id, balance.member_id);
  const lines = (query.data?.pages ?? []).flatMap((page) => page.items);
  const currency = event.currency;
  return (
    <>
      <dl className={styles.sums}>
        <dt><Trans>Paid for the group</Trans></dt><dd><Money amount={balance.paid} currency={currency} /></dd>
        <dt><Trans>Own share</Trans></dt><dd><Money amount={-balance.share} currency={currency} /></dd>
        {balance.sent !== 0 && <><dt><Trans>Payments sent</Trans></dt><dd><Money amount={balance.sent} currency={currency} /></dd></>}
        {balance.received !== 0 && <><dt><Trans>Payments received</Trans></dt><dd><Money amount={-balance.received} currency={currency} /></dd></>}
        <dt className={styles.sum}><Trans>Balance</Trans></dt><dd className={styles.sum}><Money amount={balance.balance} currency={currency} signed tinted /></dd>
      </dl>
      {query.isLoading && <RowSkeletons count={3} />}
      <ProblemNote error={query.error} />
      <ul className={ui.rows}>
        {lines.map((line) => (
          <li key={line.expense_id}>
            <Link href={`/events/${event.id}/expenses/${line.expense_id}`} className={ui.row}>
              <span className={ui.grow}>
                <span className={ui.title}>{line.description || (line.kind === 'payment' ? <Trans>Payment</Trans> : <Trans>Expense</Trans>)}</span>
                <span className={ui.sub}>{shortDate(line.date, locale)} · <Trans>paid <Money amount={line.paid} currency={currency} />, share <Money amount={line.share} currency={currency} /></Trans></span>
              </span>
              <Money amount={line.paid - line.share} currency={currency} signed tinted className={ui.title} />
            </Link>
          </li>
        ))}
      </ul>
      {query.hasNextPage && <Button variant="default" onClick={() => void query.fetchNextPage()}><Trans>Show more</Trans></Button>}
    </>
  );
}
