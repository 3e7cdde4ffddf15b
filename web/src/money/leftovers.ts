/** Left-over cents that members have borne so far: who has the fewest takes the next one. */

import type { Expense, Member } from '@/api/types';
import { hundredths } from './split';

/** Count them from all expenses of an event, the one with `exceptId` left out, as the server does when it is edited. */
export function leftoversOf(expenses: readonly Expense[], members: readonly Member[], exceptId?: string): Map<string, number> {
  const counts = new Map<string, number>();
  const weights = new Map(members.map((member) => [member.id, hundredths(member.weight) ?? 100]));
  for (const expense of expenses) {
    if (expense.kind === 'payment' || expense.id === exceptId) continue;
    const sign = expense.kind === 'income' ? -1 : 1;
    const fair = floorsOf(expense, weights);
    for (const share of expense.shares) {
      const extra = sign * share.amount - (fair.get(share.member_id) ?? sign * share.amount);
      counts.set(share.member_id, (counts.get(share.member_id) ?? 0) + sign * extra);
    }
  }
  return counts;
}

/** What each one bears before the left-over cents are handed out. */
function floorsOf(expense: Expense, weights: ReadonlyMap<string, number>): Map<string, number> {
  const values = new Map<string, number>();
  for (const share of expense.shares) {
    const listed = expense.split.participants === 'everyone' ? undefined : expense.split.participants.find((each) => each.member_id === share.member_id);
    const given = listed?.value ?? 0;
    const isText = expense.split.type === 'percentage' || expense.split.type === 'shares';
    values.set(share.member_id, isText ? (hundredths(String(given)) ?? 0) : Number(given));
  }
  const ids = expense.shares.map((share) => share.member_id);
  if (expense.split.type === 'adjustment') {
    const rest = expense.amount - ids.reduce((sum, id) => sum + (values.get(id) ?? 0), 0);
    const floors = new Map(ids.map((id) => [id, Math.floor(rest / ids.length) + (values.get(id) ?? 0)]));
    return expense.event_amount === expense.amount ? floors : proportional(expense.event_amount, floors);
  }
  if (expense.split.type === 'equal') for (const id of ids) values.set(id, weights.get(id) ?? 100);
  return proportional(expense.event_amount, values);
}

function proportional(amount: number, values: ReadonlyMap<string, number>): Map<string, number> {
  const total = [...values.values()].reduce((sum, value) => sum + BigInt(value), 0n);
  if (total === 0n) return new Map();
  return new Map([...values].map(([id, value]) => [id, Number((BigInt(amount) * BigInt(value)) / total)]));
}
