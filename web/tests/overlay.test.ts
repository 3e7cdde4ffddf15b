import { expect, test } from 'vitest';
import type { Balances, Expense, Member } from '@/api/types';
import { newerThan, withBalanceWrites, withExpenseWrites } from '@/data/overlay';
import { matches } from '@/data/filter';
import { leftoversOf } from '@/money/leftovers';
import type { Change, Write } from '@/outbox/write';

const expense = (more: Partial<Expense>): Expense => ({
  id: '1', event_id: 'e', kind: 'expense', description: 'Dinner', category: 'food', note: '', amount: 900, currency: 'EUR', rate: '1', event_amount: 900, date: '2026-11-20',
  payers: [{ member_id: 'a', amount: 900 }], split: { type: 'equal', participants: 'everyone' }, shares: [{ member_id: 'a', amount: 450 }, { member_id: 'b', amount: 450 }],
  created_by: { member_id: 'a', name: 'Ann' }, created_at: 1, updated_at: 1, version: 1, recurring_expense_id: null, deleted_at: null, ...more,
});
const write = (change: Change, more: Partial<Write> = {}): Write => ({
  id: 'w', sequence: 1, identity: 'nobody', method: 'POST', path: '', body: null, ifMatch: null, eventId: 'e', change, state: 'waiting', tries: 0, ...more,
});
const balances: Balances = {
  currency: 'EUR', total_spent: 900, debts: [],
  balances: [
    { member_id: 'a', name: 'Ann', paid: 900, share: 450, sent: 0, received: 0, balance: 450 },
    { member_id: 'b', name: 'Ben', paid: 0, share: 450, sent: 0, received: 0, balance: -450 },
  ],
};
const of = (shown: Balances) => shown.balances.map((row) => row.balance);

test('a waiting expense is in the list once, also when the server has it already', () => {
  const mine = expense({ id: '2' });
  const waiting = write({ kind: 'expense.record', expense: mine });
  expect(withExpenseWrites([expense({})], [waiting]).map((each) => [each.id, each.waiting])).toEqual([['2', 'waiting'], ['1', undefined]]);
  expect(withExpenseWrites([mine], [waiting])).toEqual([mine]);
});

test('a deletion hides, a refused one shows again with its problem', () => {
  const gone = write({ kind: 'expense.delete', expense: expense({}) });
  expect(withExpenseWrites([expense({})], [gone])).toEqual([]);
  const refused = { ...gone, state: 'failed' as const, problem: { status: 409, code: 'x', detail: 'No.', fields: [] } };
  expect(withExpenseWrites([expense({})], [refused])[0]).toMatchObject({ waiting: 'failed', problem: 'No.' });
});

test('balances count what waits, and stay at zero in all', () => {
  const more = write({ kind: 'expense.record', expense: expense({ id: '2', amount: 300, event_amount: 300, payers: [{ member_id: 'b', amount: 300 }], shares: [{ member_id: 'a', amount: 150 }, { member_id: 'b', amount: 150 }] }) });
  expect(of(withBalanceWrites(balances, [more], []))).toEqual([300, -300]);
  const paid = write({ kind: 'expense.record', expense: expense({ id: '3', kind: 'payment', amount: 450, event_amount: 450, payers: [{ member_id: 'b', amount: 450 }], shares: [{ member_id: 'a', amount: 450 }] }) });
  expect(of(withBalanceWrites(balances, [paid], []))).toEqual([0, 0]);
  const income = write({ kind: 'expense.record', expense: expense({ id: '4', kind: 'income', amount: 100, event_amount: 100, payers: [{ member_id: 'a', amount: 100 }], shares: [{ member_id: 'a', amount: -50 }, { member_id: 'b', amount: -50 }] }) });
  expect(of(withBalanceWrites(balances, [income], []))).toEqual([400, -400]);
  expect(withBalanceWrites(balances, [income], []).total_spent).toBe(800);
});

test('an edit takes the former state out, a deletion everything', () => {
  const edited = write({ kind: 'expense.edit', expense: expense({ amount: 1000, event_amount: 1000, payers: [{ member_id: 'a', amount: 1000 }], shares: [{ member_id: 'a', amount: 500 }, { member_id: 'b', amount: 500 }] }), before: expense({}) });
  expect(of(withBalanceWrites(balances, [edited], []))).toEqual([500, -500]);
  expect(of(withBalanceWrites(balances, [write({ kind: 'expense.delete', expense: expense({}) })], []))).toEqual([0, 0]);
});

test('what was done before a read is not counted twice', () => {
  const done = write({ kind: 'expense.record', expense: expense({ id: '2' }) }, { state: 'done', doneAt: 100 });
  expect(newerThan([done], 101)).toEqual([]);
  expect(newerThan([done], 100)).toEqual([done]);
});

test('the filter looks at names and accents as the server does', () => {
  const members = [{ id: 'a', name: 'Renée' }] as Member[];
  expect(matches(expense({}), { q: 'RENEE' }, members)).toBe(true);
  expect(matches(expense({ description: 'Pastéis' }), { q: 'pasteis' }, [])).toBe(true);
  expect(matches(expense({}), { member: 'c' }, members)).toBe(false);
});

test('left-over cents are counted from the shares', () => {
  const three = (id: string, shares: number[]) => expense({ id, amount: 100, event_amount: 100, shares: shares.map((amount, i) => ({ member_id: 'abc'[i]!, amount })) });
  const members = ['a', 'b', 'c'].map((id) => ({ id, weight: '1' })) as Member[];
  expect(leftoversOf([three('1', [34, 33, 33]), three('2', [33, 34, 33])], members)).toEqual(new Map([['a', 1], ['b', 1], ['c', 0]]));
  expect(leftoversOf([three('1', [34, 33, 33])], members, '1')).toEqual(new Map());
});
