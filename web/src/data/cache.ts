/** What was read from the server, kept so that the app starts without a connection. */

import { dehydrate, hydrate, QueryClient, type DehydratedState } from '@tanstack/react-query';
import { Problem } from '@/api/problem';
import { keep, recall } from './database';

const MAX_AGE_MS = 60 * 86_400_000;
const SAVE_EVERY_MS = 400;
const NAME = 'reads';
/** Raise when the shape of what is kept changes: what an older version kept is then left behind. */
const SHAPE = 1;

interface Kept {
  shape: number;
  keptAt: number;
  state: DehydratedState;
}

export const queries = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: 5_000,
      gcTime: MAX_AGE_MS / 60,
      retry: (count, error) => error instanceof Problem && error.isPassing && error.status !== 0 && count < 3,
      // A read that cannot be made now shows what was read before.
      networkMode: 'always',
    },
  },
});

/** Give back what was kept, then keep what is read from now on. */
export async function startCache(): Promise<void> {
  const kept = await recall<Kept>(NAME).catch(() => undefined);
  if (kept?.shape === SHAPE && kept.keptAt > Date.now() - MAX_AGE_MS) {
    hydrate(queries, kept.state);
    // It may lack what was written just before the last page went.
    void queries.invalidateQueries({ refetchType: 'none' });
  }
  let timer: ReturnType<typeof setTimeout> | undefined;
  const save = () => {
    timer = undefined;
    const state = dehydrate(queries, {
      shouldDehydrateQuery: (query) => query.state.status === 'success' && query.meta?.['isSecret'] !== true,
      shouldDehydrateMutation: () => false,
    });
    void keep(NAME, { shape: SHAPE, keptAt: Date.now(), state } satisfies Kept).catch(() => undefined);
  };
  queries.getQueryCache().subscribe((event) => {
    if (event.type === 'updated' || event.type === 'removed') timer ??= setTimeout(save, SAVE_EVERY_MS);
  });
  addEventListener('pagehide', save);
}
