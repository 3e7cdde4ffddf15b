/** Starts the app: what this browser knows first, then the screen, then the network. */

import '@/ui/styles';
import { createRoot } from 'react-dom/client';
import { App } from '@/app/App';
import { startUpdates } from '@/app/updates';
import { startCache } from '@/data/cache';
import { preferredLanguage, speak } from '@/i18n/language';
import { startOutbox } from '@/outbox';
import { loadSession } from '@/session/session';

async function start(): Promise<void> {
  await Promise.all([speak(preferredLanguage()), loadSession(), startCache()]);
  createRoot(document.getElementById('root')!).render(<App />);
  startUpdates();
  await startOutbox();
}

void start();
