/** One event: its tabs, and the screens below it. */

import { Button } from '@mantine/core';
import { Trans, useLingui } from '@lingui/react/macro';
import { IconPlus, IconSettings } from '@tabler/icons-react';
import { lazy, Suspense, useEffect, useMemo, useRef, type ReactNode } from 'react';
import { Link, Route, Switch, useLocation } from 'wouter';
import { Problem } from '@/api/problem';
import type { Event } from '@/api/types';
import { useBalances, useEvent } from '@/data/reads';
import { ExpenseList } from '@/features/expenses/ExpenseList';
import { dropPass, useSession } from '@/session/session';
import { placeColours } from '@/ui/Avatar';
import { BrokenLink } from '@/ui/illustrations';
import { Money } from '@/ui/Money';
import { EmptyState, Note, ProblemNote, RowSkeletons, ScreenHeader } from '@/ui/parts';
import ui from '@/ui/ui.module.css';
import styles from './app.module.css';

const ExpenseEditor = lazy(() => import('@/features/expenses/ExpenseEditor').then((module) => ({ default: module.ExpenseEditor })));
const ExpenseEdit = lazy(() => import('@/features/expenses/ExpenseEdit').then((module) => ({ default: module.ExpenseEdit })));
const ExpenseDetail = lazy(() => import('@/features/expenses/ExpenseDetail').then((module) => ({ default: module.ExpenseDetail })));
const BalancesTab = lazy(() => import('@/features/balances/BalancesTab').then((module) => ({ default: module.BalancesTab })));
const SettleTab = lazy(() => import('@/features/settlement/SettleTab').then((module) => ({ default: module.SettleTab })));
const MembersTab = lazy(() => import('@/features/members/MembersTab').then((module) => ({ default: module.MembersTab })));
const ActivityTab = lazy(() => import('@/features/activity/ActivityTab').then((module) => ({ default: module.ActivityTab })));
const InviteScreen = lazy(() => import('@/features/links/InviteScreen').then((module) => ({ default: module.InviteScreen })));
const EventSettings = lazy(() => import('@/features/events/EventSettings').then((module) => ({ default: module.EventSettings })));

const EVENT = '/events/:eventId';

export default function EventPage({ eventId }: { eventId: string }) {
  const { event, error, isLoading } = useEvent(eventId);
  const { guests } = useSession();
  useMemo(() => placeColours(event?.members.map((member) => member.id) ?? []), [event?.members]);
  if (guests[eventId]?.isOver) return <Over eventId={eventId} />;
  if (!event || event.deleted_at !== null) return <NotHere error={error} isLoading={isLoading} />;
  return (
    <Suspense fallback={<div className={ui.page} style={{ paddingTop: 72 }}><RowSkeletons /></div>}>
      <Switch>
        <Route path={`${EVENT}/expenses/new`}><ExpenseEditor event={event} /></Route>
        <Route path={`${EVENT}/expenses/:expenseId/edit`}>{({ expenseId }) => <ExpenseEdit event={event} expenseId={expenseId} />}</Route>
        <Route path={`${EVENT}/expenses/:expenseId`}>{({ expenseId }) => <ExpenseDetail event={event} expenseId={expenseId} />}</Route>
        <Route path={`${EVENT}/invite`}><InviteScreen event={event} /></Route>
        <Route path={`${EVENT}/settings`}><EventSettings eventId={event.id} /></Route>
        <Route path={`${EVENT}/balances`}><Tabbed event={event}><BalancesTab event={event} /></Tabbed></Route>
        <Route path={`${EVENT}/settle`}><Tabbed event={event}><SettleTab event={event} /></Tabbed></Route>
        <Route path={`${EVENT}/members`}><Tabbed event={event}><MembersTab event={event} /></Tabbed></Route>
        <Route path={`${EVENT}/activity`}><Tabbed event={event}><ActivityTab event={event} /></Tabbed></Route>
        <Route><Tabbed event={event}><ExpenseList event={event} /></Tabbed></Route>
      </Switch>
    </Suspense>
  );
}

function Tabbed({ event, children }: { event: Event; children: ReactNode }) {
  const { t } = useLingui();
  const [location] = useLocation();
  const base = `/events/${event.id}`;
  const nav = useRef<HTMLElement>(null);
  useEffect(() => {
    // On a narrow phone the tabs scroll: the present one is always seen.
    nav.current?.querySelector('[aria-current]')?.scrollIntoView({ inline: 'nearest', block: 'nearest' });
  }, [location]);
  const tabs = [
    { href: base, title: t`Expenses` },
    { href: `${base}/balances`, title: t`Balances` },
    { href: `${base}/settle`, title: t`Settle up` },
    { href: `${base}/members`, title: t`People` },
    { href: `${base}/activity`, title: t`Activity` },
  ];
  const canWrite = event.role !== 'viewer' && !event.archived;
  return (
    <>
      <ScreenHeader title={event.name} back="/events">
        {canWrite && <Button component={Link} href={`${base}/expenses/new`} size="sm" leftSection={<IconPlus size={18} />} className={styles.wideOnly}><Trans>Add expense</Trans></Button>}
        <Link href={`${base}/settings`} className="iconlink" aria-label={t`Event settings`}><IconSettings size={24} /></Link>
      </ScreenHeader>
      <Standing event={event} />
      <nav ref={nav} className={ui.tabs} aria-label={t`Parts of the event`}>
        {tabs.map((tab) => <Link key={tab.href} href={tab.href} replace aria-current={location === tab.href ? 'page' : undefined}>{tab.title}</Link>)}
      </nav>
      <div className={ui.page} style={{ paddingTop: 16, paddingBottom: 112 }}>
        {event.archived && <Note><Trans>This event is in the archive. It can be read, but not changed.</Trans></Note>}
        {event.role === 'viewer' && <Note><Trans>You can read this event, but not change it.</Trans></Note>}
        {event.my_member_id === null && !location.endsWith('/members') && (
          <Note><Trans>Quits does not know yet who you are here.</Trans> <Link href={`${base}/members`} className="textlink"><Trans>Say who you are</Trans></Link></Note>
        )}
        {children}
      </div>
      {canWrite && !location.endsWith('/members') && !location.endsWith('/settle') && !location.endsWith('/activity') && (
        <Link href={`${base}/expenses/new`} className={ui.fab}><IconPlus size={24} aria-hidden /><Trans>Add expense</Trans></Link>
      )}
    </>
  );
}

/** Where I stand, in words. */
function Standing({ event }: { event: Event }) {
  const { balances } = useBalances(event.id);
  const mine = balances?.balances.find((balance) => balance.member_id === event.my_member_id);
  const amount = mine && <strong><Money amount={Math.abs(mine.balance)} currency={event.currency} /></strong>;
  return (
    <p className={styles.standing} data-sign={mine ? Math.sign(mine.balance) : undefined}>
      {!mine ? (balances ? <Trans>Spent together: <strong><Money amount={balances.total_spent} currency={event.currency} /></strong></Trans> : '\u00a0')
        : mine.balance === 0 ? <Trans>You are quits</Trans>
        : mine.balance > 0 ? <Trans>You are owed {amount}</Trans> : <Trans>You owe {amount}</Trans>}
    </p>
  );
}

function Over({ eventId }: { eventId: string }) {
  const { t } = useLingui();
  const [, navigate] = useLocation();
  return (
    <>
      <ScreenHeader title={t`Event`} back="/events" />
      <EmptyState picture={<BrokenLink />} title={t`This link was revoked`}
        action={<Button variant="default" onClick={() => void dropPass(eventId).then(() => navigate('/events'))}><Trans>Forget this event here</Trans></Button>}>
        <Trans>Somebody in the event has replaced or ended it. Ask them for the new one.</Trans>
      </EmptyState>
    </>
  );
}

function NotHere({ error, isLoading }: { error: Error | null; isLoading: boolean }) {
  const { t } = useLingui();
  const isUnknown = error instanceof Problem && (error.status === 404 || error.status === 403);
  return (
    <>
      <ScreenHeader title={t`Event`} back="/events" />
      <div className={ui.page}>
        {isLoading ? <RowSkeletons /> : error && !isUnknown ? <ProblemNote error={error} /> : <EmptyState picture={<BrokenLink />} title={t`This event is not there`}><Trans>It was deleted, or you have no access to it.</Trans></EmptyState>}
      </div>
    </>
  );
}
