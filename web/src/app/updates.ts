/** A new version of the app waits until somebody agrees to reload. */

import { registerSW } from 'virtual:pwa-register';
import { makeStore, useStore } from '@/data/store';

const CHECK_EVERY_MS = 3_600_000;
const waiting = makeStore<(() => void) | null>(null);

/** Return what reloads into the new version, or null while there is none. */
export const useUpdate = (): (() => void) | null => useStore(waiting);

export function startUpdates(): void {
  const update = registerSW({
    onNeedRefresh: () => waiting.set(() => void update(true)),
    onRegisteredSW: (_url, registration) => {
      if (registration) setInterval(() => void registration.update().catch(() => undefined), CHECK_EVERY_MS);
    },
  });
}
