/** The filter of a list of expenses, as the server understands it and as this app applies it to what it has. */

import type { Expense, Member } from '@/api/types';

export interface ExpenseFilter {
  q?: string;
  category?: string;
  member?: string;
  kind?: Expense['kind'];
}

export const NO_FILTER: ExpenseFilter = {};

/** Return a text without case and accents. */
export const folded = (text: string): string => text.normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase();

/** Return whether an expense passes the filter. */
export function matches(expense: Expense, filter: ExpenseFilter, members: readonly Member[]): boolean {
  if (filter.category && expense.category !== filter.category) return false;
  if (filter.kind && expense.kind !== filter.kind) return false;
  const involved = [...expense.payers, ...expense.shares].map((each) => each.member_id);
  if (filter.member && !involved.includes(filter.member)) return false;
  if (!filter.q) return true;
  const wanted = folded(filter.q);
  const names = members.filter((member) => involved.includes(member.id)).map((member) => member.name);
  return [expense.description, expense.note, ...names].some((text) => folded(text).includes(wanted));
}
