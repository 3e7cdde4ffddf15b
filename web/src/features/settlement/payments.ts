/** Payments as rows of the outbox. */

import type { Event, Expense, Transfer } from '@/api/types';
import { newId } from '@/data/ids';
import { today } from '@/i18n/dates';
import { outbox, writes } from '@/outbox';
import type { Identity } from '@/session/session';

export interface Paid {
  transfer: Transfer;
  writeId: string;
  expense: Expense;
}

/** Record that a transfer was paid. */
export async function pay(identity: Identity, event: Event, transfer: Transfer, date = today(), note = ''): Promise<Paid> {
  const id = newId();
  const { from_member_id, to_member_id, amount } = transfer;
  const now = Math.floor(Date.now() / 1000);
  const me = event.members.find((member) => member.id === event.my_member_id);
  const expense: Expense = {
    id, event_id: event.id, kind: 'payment', description: '', category: null, note, amount, currency: event.currency, rate: '1', event_amount: amount, date,
    payers: [{ member_id: from_member_id, amount }], split: { type: 'equal', participants: [{ member_id: to_member_id }] },
    shares: [{ member_id: to_member_id, amount }], created_by: { member_id: me?.id ?? null, name: me?.name ?? '' }, created_at: now, updated_at: now, version: 0, recurring_expense_id: null, deleted_at: null,
  };
  await outbox.add({
    id, identity, method: 'POST', path: `/api/v1/events/${event.id}/payments`, body: { id, from_member_id, to_member_id, amount, date, note }, eventId: event.id,
    change: { kind: 'expense.record', expense },
  });
  return { transfer, writeId: id, expense };
}

/** Take a payment back: throw it away while it waits, else delete it. */
export async function undoPayment(identity: Identity, event: Event, paid: Paid): Promise<void> {
  const isWaiting = writes.get().some((write) => write.id === paid.writeId && write.state === 'waiting');
  if (isWaiting && !navigator.onLine && (await outbox.discard(paid.writeId))) return;
  await outbox.add({
    identity, method: 'DELETE', path: `/api/v1/events/${event.id}/expenses/${paid.expense.id}`, body: null, eventId: event.id,
    change: { kind: 'expense.delete', expense: paid.expense },
  });
}
