/** A write that waits to be sent, as it is kept in IndexedDB. */

import type { Identity } from '@/session/session';
import type { Event, Expense, Member } from '@/api/types';

/** What a write means for what is shown, so that it can be shown before the server has it. */
export type Change =
  | { kind: 'expense.record' | 'expense.edit' | 'expense.delete' | 'expense.restore'; expense: Expense; before?: Expense }
  | { kind: 'member.add' | 'member.edit' | 'member.remove' | 'member.restore'; member: Member }
  | { kind: 'event.edit' | 'event.delete' | 'event.restore'; event: Pick<Event, 'id' | 'name'> & Partial<Event> };

export interface Write {
  /** Minted before the first send: the id of what is created, or the Idempotency-Key of a change. */
  id: string;
  /** Writes are sent in this order. */
  sequence: number;
  identity: Identity;
  method: 'POST' | 'PATCH' | 'DELETE';
  path: string;
  body: Record<string, unknown> | null;
  /** The version that the writer had seen. */
  ifMatch: number | null;
  eventId: string;
  change: Change;
  state: 'waiting' | 'failed' | 'done';
  tries: number;
  problem?: { status: number; code: string; detail: string; fields: { field: string; message: string }[] };
  doneAt?: number;
}

export type NewWrite = Pick<Write, 'method' | 'path' | 'body' | 'eventId' | 'change'> &
  Partial<Pick<Write, 'id' | 'ifMatch'>> & { identity: Identity };
