import 'fake-indexeddb/auto';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { Problem } from '@/api/problem';
import { database } from '@/data/database';
import { newId } from '@/data/ids';
import { Outbox, writes } from '@/outbox/outbox';
import type { NewWrite, Write } from '@/outbox/write';

const write = (more: Partial<NewWrite> = {}): NewWrite => ({
  identity: 'nobody', method: 'POST', path: '/x', body: {}, eventId: 'e', change: { kind: 'event.edit', event: { id: 'e', name: 'E' } }, ...more,
});

let outbox: Outbox | undefined;
let sent: string[] = [];
const make = (send: (write: Write) => Promise<void>, isOnline = () => true) => (outbox = new Outbox(send, async () => undefined, isOnline));
const until = async (isTrue: () => boolean | Promise<boolean>) => {
  for (let tries = 0; tries < 400; tries++) {
    if (await isTrue()) return;
    await new Promise((done) => setTimeout(done, 10));
  }
  throw new Error('did not come true');
};
const rows = async () => (await database()).getAll('writes');

beforeEach(async () => {
  sent = [];
  await (await database()).clear('writes');
  writes.set([]);
});
afterEach(() => outbox?.stop());

describe('the outbox', () => {
  test('sends what is added, in order, and forgets it', async () => {
    make(async ({ path }) => void sent.push(path));
    for (const path of ['/1', '/2', '/3']) await outbox!.add(write({ path }));
    await until(async () => (await rows()).length === 0);
    expect(sent).toEqual(['/1', '/2', '/3']);
  });

  test('keeps everything while there is no connection', async () => {
    let isOnline = false;
    make(async ({ path }) => void sent.push(path), () => isOnline);
    await outbox!.add(write({ path: '/1' }));
    expect(sent).toEqual([]);
    expect((await rows()).map((row) => row.state)).toEqual(['waiting']);
    isOnline = true;
    await outbox!.flush();
    expect(sent).toEqual(['/1']);
  });

  test('sends again with the same id when the answer was lost', async () => {
    let answers = 0;
    make(async ({ id }) => {
      sent.push(id);
      if (answers++ === 0) throw new Problem(0, 'unreachable', '');
    });
    await outbox!.add(write());
    await until(() => sent.length === 2);
    expect(new Set(sent).size).toBe(1);
  });

  test('shows what was refused, and goes on with the rest', async () => {
    make(async ({ path }) => {
      if (path === '/bad') throw new Problem(422, 'invalid', 'No.');
      sent.push(path);
    });
    await outbox!.add(write({ path: '/bad' }));
    await outbox!.add(write({ path: '/good' }));
    await until(() => sent.includes('/good'));
    expect((await rows()).filter((row) => row.path === '/bad').map((row) => [row.state, row.problem?.code])).toEqual([['failed', 'invalid']]);
  });

  test('holds back what builds on something refused', async () => {
    const id = newId();
    make(async ({ path }) => {
      if (path === '/member') throw new Problem(409, 'name_taken', 'No.');
      sent.push(path);
    });
    await outbox!.add(write({ id, path: '/member', body: { id } }));
    await outbox!.add(write({ path: '/expense', body: { payers: [{ member_id: id }] } }));
    await until(async () => (await rows()).some((row) => row.state === 'failed'));
    await outbox!.flush();
    expect(sent).toEqual([]);
    expect((await rows()).length).toBe(2);
  });

  test('pauses when the session has ended, and goes on after signing in', async () => {
    let isSignedIn = false;
    make(async ({ path }) => {
      if (!isSignedIn) throw new Problem(401, 'unauthenticated', '');
      sent.push(path);
    });
    await outbox!.add(write({ path: '/1' }));
    await outbox!.flush();
    expect((await rows()).map((row) => [row.state, row.tries])).toEqual([['waiting', 0]]);
    isSignedIn = true;
    await outbox!.flush();
    expect(sent).toEqual(['/1']);
  });

  test('a retry forgets the version that was refused', async () => {
    const versions: (number | null)[] = [];
    make(async ({ ifMatch }) => {
      versions.push(ifMatch);
      if (ifMatch !== null) throw new Problem(412, 'stale_version', '');
    });
    const { id } = await outbox!.add(write({ ifMatch: 3 }));
    await until(async () => (await rows())[0]?.state === 'failed');
    await outbox!.retry(id);
    await until(async () => (await rows()).length === 0);
    expect(versions).toEqual([3, null]);
  });

  test('what is discarded is never sent', async () => {
    make(async ({ path }) => void sent.push(path), () => false);
    const { id } = await outbox!.add(write());
    expect(await outbox!.discard(id)).toBe(true);
    expect(await rows()).toEqual([]);
  });

  test('a tab that was killed after the answer does not send again', async () => {
    await (await database()).put('writes', { ...write(), id: 'killed', sequence: 1, ifMatch: null, state: 'done', tries: 1, doneAt: 1 } as Write);
    make(async ({ id }) => void sent.push(id));
    await outbox!.sweep();
    await outbox!.start();
    expect(sent).toEqual([]);
    expect(await rows()).toEqual([]);
  });
});
