/** How everybody gets quits: the fewest payments, each marked as paid with one tap. */

import { Button } from '@mantine/core';
import { Plural, Trans, useLingui } from '@lingui/react/macro';
import { IconArrowBackUp, IconArrowRight, IconCheck } from '@tabler/icons-react';
import { useState } from 'react';
import type { Event, Transfer } from '@/api/types';
import { useBalances, useSettlement } from '@/data/reads';
import { useWrites } from '@/outbox';
import { useIdentity } from '@/session/session';
import { Avatar } from '@/ui/Avatar';
import { Even } from '@/ui/illustrations';
import { Money } from '@/ui/Money';
import { EmptyState, Note, ProblemNote, RowSkeletons, Sheet } from '@/ui/parts';
import ui from '@/ui/ui.module.css';
import { pay, undoPayment, type Paid } from './payments';
import { PaymentForm } from './PaymentForm';
import styles from './settlement.module.css';

const keyOf = (transfer: Transfer): string => `${transfer.from_member_id}${transfer.to_member_id}`;

export function SettleTab({ event }: { event: Event }) {
  const { t } = useLingui();
  const query = useSettlement(event.id);
  const { balances } = useBalances(event.id);
  const waiting = useWrites();
  const identity = useIdentity(event.id);
  const [paid, setPaid] = useState<readonly Paid[]>([]);
  const [isOther, setOther] = useState(false);
  if (query.isLoading) return <div className={ui.card}><RowSkeletons count={3} /></div>;
  if (!query.data) return <ProblemNote error={query.error} />;
  const mine = waiting.filter((write) => write.eventId === event.id && 'expense' in write.change && write.state !== 'failed' && (write.doneAt ?? Infinity) >= query.dataUpdatedAt);
  const open = query.data.transfers.filter(
    (transfer) => !paid.some((each) => keyOf(each.transfer) === keyOf(transfer) && each.transfer.amount === transfer.amount)
      && !mine.some((write) => write.change.kind === 'expense.record' && isPaymentFor(write.change.expense, transfer)),
  );
  const isOutdated = mine.some((write) => 'expense' in write.change && write.change.expense.kind !== 'payment');
  const canWrite = event.role !== 'viewer' && !event.archived;
  const isEven = open.length === 0;
  const settle = async (transfer: Transfer) => setPaid([...paid, await pay(identity, event, transfer)]);
  const onUndo = async (each: Paid) => {
    await undoPayment(identity, event, each);
    setPaid(paid.filter((other) => other !== each));
  };
  return (
    <>
      {isEven && <EmptyState picture={<Even />} title={t`Everybody is quits`}>{(balances?.total_spent ?? 0) === 0 ? <Trans>There is nothing to settle yet.</Trans> : <Trans>All balances are zero. Well done.</Trans>}</EmptyState>}
      {isOutdated && <Note><Trans>Some changes are still waiting to be sent. The plan follows when they are.</Trans></Note>}
      {!isEven && <p className="muted"><Plan count={open.length} simplified={query.data.simplified} minimal={query.data.minimal} /></p>}
      <ul className={styles.transfers}>
        {paid.map((each) => (
          <li key={each.writeId} className={`${ui.card} ${styles.done}`} role="status">
            <IconCheck size={22} aria-hidden />
            <span className={ui.grow}><Sentence event={event} transfer={each.transfer} isPast /></span>
            <Button variant="subtle" color="ink" leftSection={<IconArrowBackUp size={20} />} onClick={() => void onUndo(each)}><Trans>Undo</Trans></Button>
          </li>
        ))}
        {open.map((transfer) => (
          <li key={keyOf(transfer)} className={`${ui.card} ${styles.transfer}`}>
            <Faces event={event} transfer={transfer} />
            <p className={styles.sentence}><Sentence event={event} transfer={transfer} /></p>
            {canWrite && <Button onClick={() => void settle(transfer)}><Trans>Mark as paid</Trans></Button>}
          </li>
        ))}
      </ul>
      {canWrite && event.members.length > 1 && <Button variant="default" onClick={() => setOther(true)}><Trans>Record another payment</Trans></Button>}
      <Sheet opened={isOther} onClose={() => setOther(false)} title={t`Record a payment`}>
        <PaymentForm event={event} suggestions={open} onPay={async (transfer, date, note) => { setOther(false); setPaid([...paid, await pay(identity, event, transfer, date, note)]); }} />
      </Sheet>
    </>
  );
}

function isPaymentFor(expense: { kind: string; amount: number; payers: { member_id: string }[]; shares: { member_id: string }[] }, transfer: Transfer): boolean {
  return expense.kind === 'payment' && expense.amount === transfer.amount && expense.payers[0]?.member_id === transfer.from_member_id && expense.shares[0]?.member_id === transfer.to_member_id;
}

function Plan({ count, simplified, minimal }: { count: number; simplified: boolean; minimal: boolean }) {
  if (!simplified) return <Plural value={count} one="# payment: everybody pays exactly those they owe." other="# payments: everybody pays exactly those they owe." />;
  if (minimal) return <Plural value={count} one="# payment settles everything. Fewer are not possible." other="# payments settle everything. Fewer are not possible." />;
  return <Plural value={count} one="# payment settles everything." other="# payments settle everything." />;
}

function Sentence({ event, transfer, isPast = false }: { event: Event; transfer: Transfer; isPast?: boolean }) {
  const name = (id: string) => event.members.find((member) => member.id === id)?.name ?? '?';
  const [from, to] = [<b key="from">{name(transfer.from_member_id)}</b>, <b key="to">{name(transfer.to_member_id)}</b>];
  const amount = <strong key="amount"><Money amount={transfer.amount} currency={event.currency} /></strong>;
  return isPast ? <Trans>{from} paid {to} {amount}</Trans> : <Trans>{from} pays {to} {amount}</Trans>;
}

function Faces({ event, transfer }: { event: Event; transfer: Transfer }) {
  const face = (id: string) => <Avatar id={id} name={event.members.find((member) => member.id === id)?.name ?? '?'} size={40} />;
  return (
    <span className={styles.faces} aria-hidden>
      {face(transfer.from_member_id)}<IconArrowRight size={20} />{face(transfer.to_member_id)}
    </span>
  );
}
