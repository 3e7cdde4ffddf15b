/** Keys: N new, / search, G then E or M, ? help. They are off while somebody types. */

import { Trans, useLingui } from '@lingui/react/macro';
import { useEffect, useRef, useState } from 'react';
import { useLocation } from 'wouter';
import { Sheet } from '@/ui/parts';
import styles from './app.module.css';

const GO_WITHIN_MS = 1_500;

export function useShortcuts(): { isOpen: boolean; close: () => void } {
  const [location, navigate] = useLocation();
  const [isOpen, setOpen] = useState(false);
  const wentAt = useRef(0);
  useEffect(() => {
    const onKey = (key: KeyboardEvent) => {
      if (key.ctrlKey || key.metaKey || key.altKey || isTyping(key.target) || document.querySelector('[role="dialog"]')) return;
      const isGoing = key.timeStamp - wentAt.current < GO_WITHIN_MS && wentAt.current > 0;
      wentAt.current = 0;
      if (key.key === '?') setOpen(true);
      else if (key.key === 'g') wentAt.current = key.timeStamp;
      else if (isGoing && key.key === 'e') navigate('/events');
      else if (isGoing && key.key === 'm') navigate('/more');
      else if (key.key === 'n') navigate(newFrom(location));
      else if (key.key === '/') {
        const search = document.querySelector<HTMLInputElement>('main input[data-search]');
        if (!search) return;
        search.focus();
      } else return;
      key.preventDefault();
    };
    addEventListener('keydown', onKey);
    return () => removeEventListener('keydown', onKey);
  }, [location, navigate]);
  return { isOpen, close: () => setOpen(false) };
}

/** What is new depends on where one is: an expense in an event, an event elsewhere. */
function newFrom(location: string): string {
  const eventId = /^\/events\/([0-9a-f-]{36})/.exec(location)?.[1];
  return eventId ? `/events/${eventId}/expenses/new` : '/events/new';
}

function isTyping(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && (target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName));
}

export function ShortcutHelp({ isOpen, close }: { isOpen: boolean; close: () => void }) {
  const { t } = useLingui();
  const keys: [string, string][] = [['N', t`New expense or event`], ['/', t`Search`], ['G E', t`Go to events`], ['G M', t`Go to more`], ['?', t`This help`]];
  return (
    <Sheet opened={isOpen} onClose={close} title={t`Keyboard`}>
      <dl className={styles.keys}>{keys.map(([key, what]) => <div key={key}><dt>{key.split(' ').map((each) => <kbd key={each}>{each}</kbd>)}</dt><dd>{what}</dd></div>)}</dl>
      <p className="muted"><Trans>They are off while you type.</Trans></p>
    </Sheet>
  );
}
