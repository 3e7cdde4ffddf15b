/** Events: the list, and on a wide screen the chosen one beside it. */

import { Button } from '@mantine/core';
import { useMediaQuery } from '@mantine/hooks';
import { Trans, useLingui } from '@lingui/react/macro';
import { IconPlus } from '@tabler/icons-react';
import { Suspense, type ReactNode } from 'react';
import { Link } from 'wouter';
import { EventsList } from '@/features/events/EventsList';
import { useEvents } from '@/data/reads';
import { useSession } from '@/session/session';
import { TableForThree } from '@/ui/illustrations';
import { EmptyState, RowSkeletons, ScreenHeader } from '@/ui/parts';
import ui from '@/ui/ui.module.css';
import styles from './app.module.css';
import { Welcome } from './Welcome';

export function EventsPage({ eventId, children }: { eventId?: string; children?: ReactNode }) {
  const { t } = useLingui();
  const isWide = useMediaQuery('(min-width: 62em)', undefined, { getInitialValueInEffect: false }) ?? false;
  const { user, guests } = useSession();
  const isNobody = !user && Object.keys(guests).length === 0;
  if (isNobody && !children) return <Welcome />;
  const detail = children && <Suspense fallback={<div className={ui.page}><RowSkeletons /></div>}>{children}</Suspense>;
  if (!isWide && children) return detail;
  if (isNobody) return detail;
  const list = (
    <>
      <ScreenHeader title={t`Events`}>
        {isWide && <Button component={Link} href="/events/new" size="sm" leftSection={<IconPlus size={18} />}><Trans>New</Trans></Button>}
      </ScreenHeader>
      <div className={ui.page} style={isWide ? undefined : { paddingBottom: 112 }}><EventsList currentId={eventId} /></div>
    </>
  );
  if (!isWide) return <>{list}<AddEvent /></>;
  return (
    <div className={styles.two}>
      <div className={styles.list}>{list}</div>
      <div className={styles.detail}>{detail ?? <Nothing />}</div>
    </div>
  );
}

function AddEvent() {
  const { events, isLoading } = useEvents();
  if (isLoading || events.length === 0) return null;
  return <Link href="/events/new" className={ui.fab}><IconPlus size={24} aria-hidden /><Trans>New event</Trans></Link>;
}

function Nothing() {
  const { t } = useLingui();
  const { events } = useEvents();
  if (events.length === 0) return null;
  return <div style={{ paddingTop: '12vh' }}><EmptyState picture={<TableForThree />} title={t`Choose an event`}><Trans>Its expenses and balances appear here.</Trans></EmptyState></div>;
}
