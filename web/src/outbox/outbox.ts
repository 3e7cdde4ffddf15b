/**
 * The outbox: every write is one row in IndexedDB, sent by one tab at a time, until the server has answered it.
 *
 * Two tabs, a closed tab, a lost answer: each write arrives exactly once, because its id was minted before the first
 * send and the server knows ids. What the server refuses becomes a failed row, which somebody sees and decides about.
 */

import { alone } from '@/data/alone';
import { database } from '@/data/database';
import { newId } from '@/data/ids';
import { makeStore, useStore } from '@/data/store';
import { Problem } from '@/api/problem';
import type { NewWrite, Write } from './write';

/** Sends one write; raises Problem when it was not done. */
export type Send = (write: Write) => Promise<void>;
/** Fetches anew what is shown, after a write was done; raises when that is not possible now. */
export type Done = (write: Write) => Promise<unknown>;

const LOCK = 'quits-outbox';
const LONGEST_PAUSE_MS = 30_000;
const MOST_TRIES_OF_A_BUG = 6;

export const writes = makeStore<readonly Write[]>([]);
export const useWrites = (): readonly Write[] => useStore(writes);

export class Outbox {
  private timer: ReturnType<typeof setTimeout> | undefined;
  private isQueued = false;
  private channel = 'BroadcastChannel' in globalThis ? new BroadcastChannel('quits-outbox') : null;

  constructor(
    private readonly send: Send,
    private readonly done: Done,
    private readonly isOnline: () => boolean = () => navigator.onLine,
  ) {}

  /** Read what waits from earlier, listen to the other tabs, and send. */
  async start(): Promise<void> {
    if (this.channel) this.channel.onmessage = () => void this.load().then(() => this.flush());
    await this.load();
    void this.flush();
  }

  /** Stop listening. */
  stop(): void {
    clearTimeout(this.timer);
    this.channel?.close();
    this.channel = null;
  }

  /** Keep a write and send it as soon as possible; returns when it is safely kept. */
  async add(write: NewWrite): Promise<Write> {
    const row: Write = {
      id: write.id ?? newId(),
      sequence: Date.now() + Math.random(),
      identity: write.identity,
      method: write.method,
      path: write.path,
      body: write.body,
      ifMatch: write.ifMatch ?? null,
      eventId: write.eventId,
      change: write.change,
      state: 'waiting',
      tries: 0,
    };
    writes.set([...writes.get(), row]);
    await this.save(row);
    void this.flush();
    return row;
  }

  /** Try a failed write again, whatever has changed in the meantime. */
  async retry(id: string): Promise<void> {
    const row = await (await database()).get('writes', id);
    if (!row) return;
    await this.save({ ...row, state: 'waiting', tries: 0, ifMatch: null, problem: undefined });
    void this.flush();
  }

  /** Throw a write away; false when it may be on its way already. */
  async discard(id: string): Promise<boolean> {
    return alone(LOCK, async () => {
      const row = await (await database()).get('writes', id);
      if (!row || row.state === 'done') return false;
      await this.remove(id);
      return true;
    });
  }

  /** Send everything that waits, in order; only one tab does so at a time. */
  async flush(): Promise<void> {
    if (this.isQueued || !this.isOnline()) return;
    this.isQueued = true;
    clearTimeout(this.timer);
    await alone(LOCK, async () => {
      this.isQueued = false;
      await this.sendAll();
    }).finally(() => { this.isQueued = false; });
  }

  private async sendAll(): Promise<void> {
    const skipped = new Set<string>();
    for (;;) {
      const rows = await this.load();
      const failed = rows.filter((row) => row.state === 'failed').map((row) => row.id);
      const row = rows.find(
        (each) => each.state === 'waiting' && !skipped.has(each.identity) && !failed.some((id) => mentions(each, id)),
      );
      if (!row) return;
      try {
        await this.send(row);
      } catch (reason) {
        const problem = reason instanceof Problem ? reason : new Problem(0, 'unreachable', String(reason));
        if (!(await this.note(row, problem))) skipped.add(row.identity);
        if (problem.isPassing && problem.status !== 500) return;
        continue;
      }
      await this.save({ ...row, state: 'done', doneAt: Date.now() });
      // The next write need not wait until what is shown has been fetched anew.
      void this.finish(row);
    }
  }

  /** Keep what went wrong; false when nothing of this identity can be sent for now. */
  private async note(row: Write, problem: Problem): Promise<boolean> {
    const tries = row.tries + 1;
    if (problem.status === 401 || (problem.code === 'link_revoked' && row.identity.startsWith('guest:'))) {
      return false;
    }
    if (problem.isPassing && (problem.status !== 500 || tries < MOST_TRIES_OF_A_BUG)) {
      await this.save({ ...row, tries });
      const pause = problem.retryAfterS ? problem.retryAfterS * 1000 : Math.min(500 * 2 ** row.tries, LONGEST_PAUSE_MS);
      clearTimeout(this.timer);
      this.timer = setTimeout(() => void this.flush(), pause);
      return false;
    }
    const { status, code, message: detail } = problem;
    await this.save({ ...row, tries, state: 'failed', problem: { status, code, detail, fields: [...problem.fields] } });
    return true;
  }

  /** Read all rows anew, in order. */
  async load(): Promise<readonly Write[]> {
    const rows = (await (await database()).getAll('writes')).sort((a, b) => a.sequence - b.sequence);
    writes.set(rows);
    return rows;
  }

  /** Finish what was done but whose row stayed, because the tab was closed or the connection went in between. */
  async sweep(): Promise<void> {
    for (const row of await this.load()) if (row.state === 'done') await this.finish(row);
  }

  /** Until what is shown has been fetched anew, the row goes on saying what the server has. */
  private async finish(row: Write): Promise<void> {
    const isFresh = await this.done(row).then(() => true, () => false);
    if (isFresh) await this.remove(row.id);
  }

  private async save(row: Write): Promise<void> {
    await (await database()).put('writes', row);
    await this.changed();
  }

  private async remove(id: string): Promise<void> {
    await (await database()).delete('writes', id);
    await this.changed();
  }

  private async changed(): Promise<void> {
    await this.load();
    this.channel?.postMessage('changed');
  }
}

function mentions(row: Write, id: string): boolean {
  return row.id !== id && (row.path.includes(id) || JSON.stringify(row.body).includes(id));
}
