/** The browser's database of this app: waiting writes, and small things by name. */

import { openDB, type DBSchema, type IDBPDatabase } from 'idb';
import type { Write } from '@/outbox/write';

interface Schema extends DBSchema {
  writes: { key: string; value: Write };
  things: { key: string; value: unknown };
}

let opened: Promise<IDBPDatabase<Schema>> | null = null;

/** Return the database, made when it is not there yet. */
export function database(): Promise<IDBPDatabase<Schema>> {
  opened ??= openDB<Schema>('quits', 1, {
    upgrade(db) {
      db.createObjectStore('writes', { keyPath: 'id' });
      db.createObjectStore('things');
    },
    blocking(_current, _blocked, event) {
      (event.target as IDBDatabase).close();
      opened = null;
    },
    terminated() {
      opened = null;
    },
  });
  return opened;
}

/** Return what is kept under a name, or undefined. */
export async function recall<Thing>(name: string): Promise<Thing | undefined> {
  return (await (await database()).get('things', name)) as Thing | undefined;
}

/** Keep something under a name. */
export async function keep(name: string, thing: unknown): Promise<void> {
  await (await database()).put('things', thing, name);
}

/** Forget what is kept under a name. */
export async function forget(name: string): Promise<void> {
  await (await database()).delete('things', name);
}
