/** What was just deleted, so that it can be brought back where it was. */

import { makeStore, useStore } from '@/data/store';
import type { Expense } from '@/api/types';

export interface Undoable {
  expense: Expense;
  writeId: string;
}

/** Longer than the six seconds that anybody needs at least. */
const SHOWN_MS = 12_000;
const deleted = makeStore<readonly Undoable[]>([]);

export const useDeleted = (): readonly Undoable[] => useStore(deleted);

/** Offer to undo for a while. */
export function offerUndo(undoable: Undoable): void {
  deleted.set([...deleted.get(), undoable]);
  setTimeout(() => withdraw(undoable.writeId), SHOWN_MS);
}

export function withdraw(writeId: string): void {
  deleted.set(deleted.get().filter((each) => each.writeId !== writeId));
}
