/** My events: where I stand in each, in words, and in all of them per currency. */

import { Button, TextInput } from '@mantine/core';
import { Plural, Trans, useLingui } from '@lingui/react/macro';
import { IconArchive, IconClock, IconPlus, IconSearch, IconUnlink } from '@tabler/icons-react';
import { useState } from 'react';
import { Link, useLocation } from 'wouter';
import { folded } from '@/data/filter';
import { useEvents, type ListedEvent } from '@/data/reads';
import { useSession } from '@/session/session';
import { Avatar } from '@/ui/Avatar';
import { Magnifier, TableForThree } from '@/ui/illustrations';
import { Money } from '@/ui/Money';
import { EmptyState, Note, ProblemNote, RowSkeletons } from '@/ui/parts';
import ui from '@/ui/ui.module.css';
import styles from './events.module.css';

const MANY = 6;

export function EventsList({ currentId }: { currentId?: string | undefined }) {
  const { t } = useLingui();
  const { events, isLoading, error } = useEvents();
  const { user, guests } = useSession();
  const [wanted, setWanted] = useState('');
  const [isArchive, setArchive] = useState(false);
  const active = events.filter((event) => !event.archived);
  const archived = events.filter((event) => event.archived);
  const listed = (isArchive ? archived : active).filter((event) => folded(event.name).includes(folded(wanted)));
  const ended = Object.values(guests).filter((pass) => pass.isOver).length;

  if (isLoading) return <div className={ui.card}><RowSkeletons count={4} /></div>;
  if (events.length === 0 && error) return <ProblemNote error={error} />;
  if (events.length === 0) {
    return (
      <EmptyState
        picture={<TableForThree />}
        title={t`No event yet`}
        action={<Button component={Link} href="/events/new" leftSection={<IconPlus size={20} />}><Trans>New event</Trans></Button>}
      >
        <Trans>A weekend away, a shared flat, a dinner: make an event for it, add who takes part, and write down who paid.</Trans>
      </EmptyState>
    );
  }
  return (
    <>
      {!isArchive && <Totals events={active} />}
      {ended > 0 && <Note><IconUnlink size={16} aria-hidden /> <Plural value={ended} one="One event's link was revoked. Ask for a new one to see it again." other="The links of # events were revoked. Ask for new ones to see them again." /></Note>}
      {events.length > MANY && (
        <TextInput
          aria-label={t`Search events`}
          placeholder={t`Search events`}
          type="search"
          data-search
          leftSection={<IconSearch size={20} aria-hidden />}
          value={wanted}
          onChange={(change) => setWanted(change.target.value)}
        />
      )}
      {listed.length > 0 ? (
        <ul className={`${ui.card} ${ui.rows}`}>
          {listed.map((event) => <EventRow key={event.id} event={event} isCurrent={event.id === currentId} />)}
        </ul>
      ) : wanted ? (
        <EmptyState picture={<Magnifier />} title={t`Nothing found`} />
      ) : (
        <p className="muted"><Trans>All your events are in the archive.</Trans></p>
      )}
      {(archived.length > 0 || isArchive) && (
        <button type="button" className="textlink" onClick={() => setArchive(!isArchive)}>
          <IconArchive size={18} aria-hidden />&nbsp;
          {isArchive ? <Trans>Back to current events</Trans> : <Trans>Archive ({archived.length})</Trans>}
        </button>
      )}
      {!user && (
        <Note>
          <Trans>Your events are only on this device. <Link href="/register" className={styles.inline}>Make an account</Link> to have them everywhere.</Trans>
        </Note>
      )}
    </>
  );
}

function Totals({ events }: { events: ListedEvent[] }) {
  const mine = events.filter((event) => event.my_member_id !== null && event.balance !== 0);
  const currencies = [...new Set(mine.map((event) => event.currency))];
  if (currencies.length === 0) return null;
  return (
    <div className={styles.totals}>
      {currencies.map((currency) => {
        const total = mine.filter((event) => event.currency === currency).reduce((sum, event) => sum + event.balance, 0);
        return (
          <div key={currency} className={styles.total} data-sign={Math.sign(total)}>
            <span>{total > 0 ? <Trans>You are owed</Trans> : total < 0 ? <Trans>You owe</Trans> : <Trans>You are even</Trans>}</span>
            <strong><Money amount={Math.abs(total)} currency={currency} /></strong>
          </div>
        );
      })}
    </div>
  );
}

function EventRow({ event, isCurrent }: { event: ListedEvent; isCurrent: boolean }) {
  const { t } = useLingui();
  return (
    <li>
      <Link href={`/events/${event.id}`} className={`${ui.row} ${styles.event}`} aria-current={isCurrent ? 'page' : undefined}>
        <Avatar id={event.id} name={event.name} size={44} />
        <span className={ui.grow}>
          <span className={ui.title}>{event.name}</span>
          <span className={ui.sub}>{standing(event)}</span>
        </span>
        {event.isWaiting && <IconClock size={18} aria-label={t`Changes are waiting`} />}
        {event.my_member_id !== null && event.balance !== 0 && (
          <Money amount={Math.abs(event.balance)} currency={event.currency} className={`${styles.amount} ${event.balance > 0 ? 'owed' : 'owe'}`} />
        )}
      </Link>
    </li>
  );
}

function standing(event: ListedEvent) {
  if (event.my_member_id === null) return <Trans>Say who you are in it</Trans>;
  if (event.balance === 0) return <Trans>You are quits</Trans>;
  return event.balance > 0 ? <Trans>You are owed</Trans> : <Trans>You owe</Trans>;
}

/** The keyboard's way to a new event. */
export function useNewEvent(): () => void {
  const [, navigate] = useLocation();
  return () => navigate('/events/new');
}
