/** The one outbox of this tab, joined to the network and to what is shown. */

import { fetchAs } from '@/api/client';
import { problemOf } from '@/api/problem';
import { queries } from '@/data/cache';
import { session } from '@/session/session';
import { Outbox } from './outbox';
import type { Write } from './write';

async function send(write: Write): Promise<void> {
  const headers = new Headers();
  if (write.body !== null) headers.set('Content-Type', 'application/json');
  // What is created carries its id in the body; every other write is known by its key.
  if (write.method !== 'DELETE' && write.body?.['id'] === undefined) headers.set('Idempotency-Key', write.id);
  if (write.ifMatch !== null) headers.set('If-Match', `"${write.ifMatch}"`);
  const body = write.body === null ? undefined : JSON.stringify(write.body);
  const request = new Request(new URL(write.path, location.origin), { method: write.method, headers, body });
  const response = await fetchAs(write.identity, request);
  const isGone = write.method === 'DELETE' && response.status === 404;
  if (!response.ok && !isGone) throw await problemOf(response);
}

async function done(write: Write): Promise<void> {
  const event = queries.invalidateQueries({ queryKey: [write.identity, 'event', write.eventId], refetchType: 'all' }, { throwOnError: true });
  // Lists of events are fetched by whoever shows them next.
  void queries.invalidateQueries({ predicate: (query) => query.queryKey[1] === 'events' });
  await event;
}

export const outbox = new Outbox(send, done);

/** Start sending, and try again whenever it might work again. */
export async function startOutbox(): Promise<void> {
  addEventListener('online', () => void outbox.flush().then(() => outbox.sweep()));
  document.addEventListener('visibilitychange', () => {
    if (document.visibilityState === 'visible') void outbox.flush();
  });
  let before = session.get();
  session.watch(() => {
    const now = session.get();
    if (now.isExpired !== before.isExpired || now.user?.id !== before.user?.id || now.guests !== before.guests) void outbox.flush();
    before = now;
  });
  await outbox.start();
  await outbox.sweep();
}

export { useWrites, writes } from './outbox';
export type { Change, NewWrite, Write } from './write';
