/** An expense while it is typed: texts as they stand in the fields, and what they mean. Pure. */

import type { Event, Expense, Member, Payer, RecordExpense, Split } from '@/api/types';
import { decimalsOf } from '@/money/currency';
import { inputText, parseAmount, plain } from '@/money/format';
import { convert, parseRate } from '@/money/rate';
import { decimalText, divide, hundredths, type Part, type SplitType } from '@/money/split';

export interface Draft {
  kind: 'expense' | 'income';
  amount: string;
  currency: string;
  rate: string;
  description: string;
  note: string;
  date: string;
  category: string | null;
  /** Several payers, each with an amount, or one who paid everything. */
  isShared: boolean;
  payer: string;
  payers: Record<string, string>;
  split: SplitType;
  isEveryone: boolean;
  included: string[];
  values: Record<SplitType, Record<string, string>>;
}

export type Reason =
  | 'amount_missing' | 'amount_wrong' | 'amount_too_precise' | 'amount_too_large' | 'rate_missing' | 'payers_missing' | 'payers_wrong' | 'payers_sum' | 'nobody'
  | 'values_wrong' | 'exact_sum' | 'percentage_sum' | 'shares_zero' | 'adjustment_sum' | 'share_negative' | 'date_missing';

export interface Understood {
  amount: number | null;
  eventAmount: number | null;
  rate: string | null;
  /** What each participant bears, in the event's currency; empty while it cannot be told. */
  shares: Map<string, number>;
  /** What is left to assign: minor units for amounts, hundredths for percentages; null where nothing is. */
  left: number | null;
  payersLeft: number | null;
  reason: Reason | null;
}

const NO_VALUES: Draft['values'] = { equal: {}, exact: {}, percentage: {}, shares: {}, adjustment: {} };

/** Return who of the event's members takes part in what happens on a date. */
export function present(members: readonly Member[], date: string): Member[] {
  return members.filter(
    (member) => member.deleted_at === null && (member.joined_on === null || member.joined_on <= date) && (member.left_on === null || date <= member.left_on),
  );
}

export function newDraft(event: Event, me: string | null, date: string): Draft {
  const members = present(event.members, date);
  return {
    kind: 'expense', amount: '', currency: event.currency, rate: '', description: '', note: '', date, category: null, isShared: false,
    payer: me ?? members[0]?.id ?? '', payers: {}, split: 'equal', isEveryone: false, included: members.map((member) => member.id), values: NO_VALUES,
  };
}

export function draftOf(expense: Expense, event: Event, locale: string): Draft {
  const { split } = expense;
  const listed = split.participants === 'everyone' ? [] : split.participants;
  const isAmount = split.type === 'exact' || split.type === 'adjustment';
  const text = (value: unknown) =>
    isAmount ? inputText(Number(value), expense.currency, locale) : String(value).replace('.', inputText(1, 'EUR', locale)[1] ?? '.');
  const values = Object.fromEntries(listed.filter((each) => each.value != null).map((each) => [each.member_id, text(each.value)]));
  const isEveryone = split.participants === 'everyone';
  return {
    kind: expense.kind === 'income' ? 'income' : 'expense',
    amount: inputText(expense.amount, expense.currency, locale),
    currency: expense.currency,
    rate: expense.currency === event.currency ? '' : expense.rate,
    description: expense.description, note: expense.note, date: expense.date, category: expense.category,
    isShared: expense.payers.length > 1,
    payer: expense.payers[0]?.member_id ?? '',
    payers: Object.fromEntries(expense.payers.map((payer) => [payer.member_id, inputText(payer.amount ?? 0, expense.currency, locale)])),
    split: split.type, isEveryone,
    included: isEveryone ? expense.shares.map((share) => share.member_id) : listed.map((each) => each.member_id),
    values: { ...NO_VALUES, [split.type]: values },
  };
}

/** Return who takes part, in the order of the event's members. */
export function participants(draft: Draft, event: Event): Member[] {
  if (draft.isEveryone && draft.split === 'equal') return present(event.members, draft.date);
  return event.members.filter((member) => draft.included.includes(member.id));
}

/** Say what a draft means, and the first reason why it cannot be saved. */
export function understand(draft: Draft, event: Event, leftovers: ReadonlyMap<string, number>): Understood {
  const parsed = parseAmount(draft.amount, draft.currency);
  const amount = 'amount' in parsed && parsed.amount > 0 ? parsed.amount : null;
  const isForeign = draft.currency !== event.currency;
  const rate = isForeign ? parseRate(draft.rate) : '1';
  const eventAmount = amount === null || rate === null ? null : isForeign ? convert(amount, draft.currency, event.currency, rate) : amount;
  const payersLeft = draft.isShared && amount !== null ? amount - sum(payersOf(draft).map((payer) => payer.amount ?? 0)) : null;
  const people = participants(draft, event);
  const parts = partsOf(draft, people);
  const base = { amount, eventAmount, rate, payersLeft, shares: new Map<string, number>(), left: leftOf(draft, parts, amount) };
  const reason = reasonOf(draft, parsed, base, people, parts);
  if (amount === null || eventAmount === null || parts === null || people.length === 0 || (reason !== null && SPLIT_REASONS.has(reason))) {
    return { ...base, reason };
  }
  const shares = divide({ type: draft.split, kind: draft.kind, amount, eventAmount, parts, leftovers });
  return { ...base, shares, reason: reason ?? ([...shares.values()].some((share) => (draft.kind === 'income' ? share > 0 : share < 0)) ? 'share_negative' : null) };
}

const SPLIT_REASONS = new Set<Reason>(['nobody', 'values_wrong', 'exact_sum', 'percentage_sum', 'shares_zero', 'adjustment_sum']);
const HUNDRED_PERCENT = 10_000;
const sum = (numbers: readonly number[]): number => numbers.reduce((total, number) => total + number, 0);

function reasonOf(
  draft: Draft, parsed: ReturnType<typeof parseAmount>, known: Pick<Understood, 'amount' | 'rate' | 'eventAmount' | 'payersLeft' | 'left'>,
  people: readonly Member[], parts: Part[] | null,
): Reason | null {
  if ('problem' in parsed && parsed.problem !== 'empty') {
    return parsed.problem === 'too_large' ? 'amount_too_large' : parsed.problem === 'too_many_decimals' ? 'amount_too_precise' : 'amount_wrong';
  }
  if (known.amount === null) return 'amount_missing';
  if (known.rate === null || known.eventAmount === 0) return 'rate_missing';
  if (!draft.date) return 'date_missing';
  if (draft.isShared && payersOf(draft).some((payer) => payer.amount === null)) return 'payers_wrong';
  if (draft.isShared ? payersOf(draft).length === 0 : !draft.payer) return 'payers_missing';
  if (known.payersLeft !== null && known.payersLeft !== 0) return 'payers_sum';
  if (people.length === 0) return 'nobody';
  if (parts === null) return 'values_wrong';
  if (draft.split === 'exact' && known.left !== 0) return 'exact_sum';
  if (draft.split === 'percentage' && known.left !== 0) return 'percentage_sum';
  if (draft.split === 'shares' && parts.some((part) => part.value <= 0)) return 'shares_zero';
  if (draft.split === 'adjustment' && (known.left ?? 0) < 0) return 'adjustment_sum';
  return null;
}

function leftOf(draft: Draft, parts: Part[] | null, amount: number | null): number | null {
  if (parts === null) return null;
  const given = sum(parts.map((part) => part.value));
  if (draft.split === 'percentage') return HUNDRED_PERCENT - given;
  return (draft.split === 'exact' || draft.split === 'adjustment') && amount !== null ? amount - given : null;
}

function partsOf(draft: Draft, people: readonly Member[]): Part[] | null {
  const parts: Part[] = [];
  for (const member of people) {
    const value = valueOf(draft, member);
    if (value === null) return null;
    parts.push({ memberId: member.id, value });
  }
  return parts;
}

function valueOf(draft: Draft, member: Member): number | null {
  if (draft.split === 'equal') return hundredths(member.weight);
  const text = draft.values[draft.split][member.id] ?? '';
  if (draft.split === 'shares') return text.trim() === '' ? 100 : hundredths(text);
  if (text.trim() === '') return 0;
  if (draft.split === 'percentage') return hundredths(text);
  const parsed = parseAmount(text, draft.currency, draft.split === 'adjustment');
  return 'amount' in parsed ? parsed.amount : null;
}

function payersOf(draft: Draft): { member_id: string; amount: number | null }[] {
  return Object.entries(draft.payers).flatMap(([member_id, text]): { member_id: string; amount: number | null }[] => {
    if (text.trim() === '') return [];
    const parsed = parseAmount(text, draft.currency);
    if (!('amount' in parsed)) return [{ member_id, amount: null }];
    return parsed.amount > 0 ? [{ member_id, amount: parsed.amount }] : [];
  });
}

/** Return the body that records the draft; only for one without a reason against it. */
export function bodyOf(draft: Draft, event: Event, understood: Understood): Omit<RecordExpense, 'id' | 'category'> & { category?: string } {
  const { amount, rate } = understood;
  if (amount === null || rate === null) throw new Error('a draft without an amount cannot be saved');
  const payers: Payer[] = draft.isShared
    ? payersOf(draft).map((payer) => ({ member_id: payer.member_id, amount: payer.amount ?? 0 }))
    : [{ member_id: draft.payer, amount }];
  return {
    kind: draft.kind, description: draft.description.trim(), note: draft.note, date: draft.date, amount, payers, split: splitOf(draft, event),
    ...(draft.category ? { category: draft.category } : {}),
    ...(draft.currency === event.currency ? {} : { currency: draft.currency, rate }),
  };
}

function splitOf(draft: Draft, event: Event): Split {
  if (draft.split === 'equal' && draft.isEveryone) return { type: 'equal', participants: 'everyone' };
  const isAmount = draft.split === 'exact' || draft.split === 'adjustment';
  return {
    type: draft.split,
    participants: participants(draft, event).map((member) => {
      if (draft.split === 'equal') return { member_id: member.id };
      const value = valueOf(draft, member) ?? 0;
      return { member_id: member.id, value: isAmount ? value : decimalText(value) };
    }),
  };
}

/** Return the expense as it will be, to be shown until the server has it. */
export function expectedExpense(id: string, draft: Draft, event: Event, understood: Understood, author: { member_id: string | null; name: string }, now: number): Expense {
  const body = bodyOf(draft, event, understood);
  return {
    id, event_id: event.id, kind: draft.kind, description: body.description ?? '', category: draft.category, note: draft.note,
    amount: understood.amount ?? 0, currency: draft.currency, rate: understood.rate ?? '1', event_amount: understood.eventAmount ?? 0, date: draft.date,
    payers: body.payers as Payer[], split: body.split as Split,
    shares: [...understood.shares].map(([member_id, amount]) => ({ member_id, amount })),
    created_by: author, created_at: now, updated_at: now, version: 0, recurring_expense_id: null, deleted_at: null,
  };
}

/** Say a sum that is left over as a plain text, for tests and screen readers. */
export const plainLeft = (draft: Draft, left: number): string =>
  draft.split === 'percentage' ? `${decimalText(Math.abs(left))} %` : plain(left, draft.currency);

/** The step of a currency's amounts, as a placeholder: 0.00 */
export const zeroText = (currency: string, locale: string): string => inputText(0, currency, locale) || '0'.padEnd(decimalsOf(currency) + 1, '0');
