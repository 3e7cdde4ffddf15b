/** Writes of expenses, as rows of the outbox. */

import type { Event, Expense, EditExpense } from '@/api/types';
import { newId } from '@/data/ids';
import { outbox, writes } from '@/outbox';
import type { Identity } from '@/session/session';
import { bodyOf, expectedExpense, type Draft, type Understood } from './draft';
import { offerUndo, withdraw, type Undoable } from './undo';

const pathOf = (eventId: string, expenseId: string): string => `/api/v1/events/${eventId}/expenses/${expenseId}`;
const nowS = (): number => Math.floor(Date.now() / 1000);

export function authorOf(event: Event): { member_id: string | null; name: string } {
  const me = event.members.find((member) => member.id === event.my_member_id);
  return { member_id: me?.id ?? null, name: me?.name ?? '' };
}

export function record(identity: Identity, event: Event, draft: Draft, understood: Understood) {
  const id = newId();
  return outbox.add({
    id, identity, method: 'POST', path: `/api/v1/events/${event.id}/expenses`, body: { id, ...bodyOf(draft, event, understood) }, eventId: event.id,
    change: { kind: 'expense.record', expense: expectedExpense(id, draft, event, understood, authorOf(event), nowS()) },
  });
}

export function edit(identity: Identity, event: Event, before: Expense, draft: Draft, understood: Understood) {
  const body = bodyOf(draft, event, understood) as EditExpense;
  // A foreign expense that becomes one in the event's own currency has to say so.
  if (draft.currency === event.currency && before.currency !== event.currency) Object.assign(body, { currency: event.currency, rate: '1' });
  const expected = expectedExpense(before.id, draft, event, understood, before.created_by, before.created_at);
  const isFirst = !writes.get().some((write) => 'expense' in write.change && write.change.expense.id === before.id);
  return outbox.add({
    identity, method: 'PATCH', path: pathOf(event.id, before.id), body: { ...body }, eventId: event.id, ifMatch: isFirst ? before.version : null,
    change: { kind: 'expense.edit', expense: { ...expected, version: before.version }, before },
  });
}

export async function remove(identity: Identity, expense: Expense): Promise<void> {
  const write = await outbox.add({
    identity, method: 'DELETE', path: pathOf(expense.event_id, expense.id), body: null, eventId: expense.event_id,
    change: { kind: 'expense.delete', expense },
  });
  offerUndo({ expense, writeId: write.id });
}

export async function undo(identity: Identity, { expense, writeId }: Undoable): Promise<void> {
  withdraw(writeId);
  const isWaiting = writes.get().some((write) => write.id === writeId && write.state === 'waiting');
  if (isWaiting && !navigator.onLine && (await outbox.discard(writeId))) return;
  await outbox.add({
    identity, method: 'POST', path: `${pathOf(expense.event_id, expense.id)}/restore`, body: null, eventId: expense.event_id,
    change: { kind: 'expense.restore', expense },
  });
}
