/** What is shown: the server's state plus the writes that it does not have yet. Pure. */

import type { Balances, Event, EventSummary, Expense, Member } from '@/api/types';
import type { Write } from '@/outbox/write';
import type { ShownExpense } from './reads';

/** The writes of one event, in order. */
export const forEvent = (writes: readonly Write[], eventId: string): Write[] => writes.filter((write) => write.eventId === eventId);

/** Leave out the writes that a read made at `readAt` already shows. */
export const newerThan = (writes: readonly Write[], readAt: number): Write[] =>
  writes.filter((write) => write.state !== 'done' || (write.doneAt ?? 0) >= readAt);

/** An event, or its summary, with the waiting writes. Failed ones do not count. */
export function withEventWrites<Shown extends EventSummary | Event>(event: Shown, writes: readonly Write[]): Shown {
  let shown = event;
  for (const { change, state } of writes) {
    if (state === 'failed') continue;
    if (change.kind === 'event.edit') shown = { ...shown, ...change.event };
    if (change.kind === 'event.delete') shown = { ...shown, deleted_at: 1 };
    if (change.kind === 'event.restore') shown = { ...shown, deleted_at: null };
    if ('member' in change && 'members' in shown) shown = { ...shown, members: withMember(shown.members, change.kind, change.member) };
  }
  return shown;
}

function withMember(members: readonly Member[], kind: string, member: Member): Member[] {
  const others = members.filter((each) => each.id !== member.id);
  if (kind === 'member.remove') return others;
  const isNew = others.length === members.length;
  return isNew ? [...members, member] : members.map((each) => (each.id === member.id ? { ...each, ...member } : each));
}

/** Expenses with the waiting writes, newest first. */
export function withExpenseWrites(expenses: readonly Expense[], writes: readonly Write[]): ShownExpense[] {
  const shown = new Map<string, ShownExpense>(expenses.map((expense) => [expense.id, expense]));
  for (const write of writes) {
    const { change } = write;
    if (!('expense' in change)) continue;
    const id = change.expense.id;
    const mark = {
      ...(write.state === 'done' ? {} : { waiting: write.state, writeId: write.id }),
      ...(write.problem ? { problem: write.problem.detail } : {}),
    };
    if (change.kind === 'expense.delete') {
      if (write.state === 'failed') shown.set(id, { ...(shown.get(id) ?? change.expense), ...mark });
      else shown.delete(id);
    } else if (change.kind === 'expense.record' && shown.has(id)) {
      // The answer was lost, but the server has it.
    } else {
      shown.set(id, { ...change.expense, ...mark });
    }
  }
  return [...shown.values()].sort((a, b) => (a.date === b.date ? b.created_at - a.created_at || (a.id < b.id ? 1 : -1) : a.date < b.date ? 1 : -1));
}

/** What an expense adds to each member's numbers. */
function effect(expense: Expense): Map<string, { paid: number; share: number; sent: number; received: number }> {
  const rows = new Map<string, { paid: number; share: number; sent: number; received: number }>();
  const row = (id: string) => rows.get(id) ?? rows.set(id, { paid: 0, share: 0, sent: 0, received: 0 }).get(id)!;
  const isPayment = expense.kind === 'payment';
  const sign = expense.kind === 'income' ? -1 : 1;
  // Shares of an income are negative already; payers' amounts are what came in.
  for (const [id, amount] of paidInEventCurrency(expense)) row(id)[isPayment ? 'sent' : 'paid'] += sign * amount;
  for (const share of expense.shares) row(share.member_id)[isPayment ? 'received' : 'share'] += share.amount;
  return rows;
}

function paidInEventCurrency(expense: Expense): [string, number][] {
  const [only] = expense.payers;
  if (expense.payers.length === 1 && only) return [[only.member_id, expense.event_amount]];
  let rest = expense.event_amount;
  return expense.payers.map((payer, i) => {
    const isLast = i === expense.payers.length - 1;
    const amount = isLast ? rest : Number((BigInt(payer.amount ?? 0) * BigInt(expense.event_amount)) / BigInt(expense.amount));
    rest -= amount;
    return [payer.member_id, amount];
  });
}

/** Balances with the waiting writes counted in. */
export function withBalanceWrites(balances: Balances, writes: readonly Write[], members: readonly Member[]): Balances {
  const counting = writes.filter((write) => write.state !== 'failed' && 'expense' in write.change);
  if (counting.length === 0) return balances;
  const rows = new Map(balances.balances.map((balance) => [balance.member_id, { ...balance }]));
  let total = balances.total_spent;
  const apply = (expense: Expense, sign: number) => {
    for (const [id, change] of effect(expense)) {
      const name = members.find((member) => member.id === id)?.name ?? '';
      const row = rows.get(id) ?? { member_id: id, name, paid: 0, share: 0, sent: 0, received: 0, balance: 0 };
      row.paid += sign * change.paid;
      row.share += sign * change.share;
      row.sent += sign * change.sent;
      row.received += sign * change.received;
      row.balance = row.paid - row.share + row.sent - row.received;
      rows.set(id, row);
    }
    if (expense.kind !== 'payment') total += sign * (expense.kind === 'income' ? -1 : 1) * expense.event_amount;
  };
  for (const { change } of counting) {
    if (!('expense' in change)) continue;
    if (change.kind === 'expense.delete') apply(change.expense, -1);
    else apply(change.expense, 1);
    if (change.kind === 'expense.edit' && change.before) apply(change.before, -1);
  }
  return { ...balances, total_spent: total, balances: [...rows.values()] };
}
