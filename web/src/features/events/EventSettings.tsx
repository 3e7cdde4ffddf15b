/** What holds for the whole event: name, currency, how debts are settled; archive and deletion. */

import { Button, Switch, Textarea, TextInput } from '@mantine/core';
import { Trans, useLingui } from '@lingui/react/macro';
import { IconArchive, IconDownload, IconTrash } from '@tabler/icons-react';
import { useState } from 'react';
import { useLocation } from 'wouter';
import { fetchAs } from '@/api/client';
import { problemOf } from '@/api/problem';
import type { EditEvent, Event } from '@/api/types';
import { useEvent, useExpenses } from '@/data/reads';
import { outbox, writes } from '@/outbox';
import { dropPass, useIdentity, useSession } from '@/session/session';
import { CurrencySelect } from '@/ui/CurrencySelect';
import { Note, ProblemNote, RowSkeletons, ScreenHeader, Sheet } from '@/ui/parts';
import ui from '@/ui/ui.module.css';
import styles from './events.module.css';

/** Long enough for the browser to have saved the file. */
const KEPT_MS = 10_000;

export function EventSettings({ eventId }: { eventId: string }) {
  const { t } = useLingui();
  const { event } = useEvent(eventId);
  return (
    <>
      <ScreenHeader title={t`Event settings`} back={`/events/${eventId}`} />
      <div className={ui.page}>{event ? <Form key={event.version} event={event} /> : <RowSkeletons />}</div>
    </>
  );
}

function Form({ event }: { event: Event }) {
  const { t } = useLingui();
  const [, navigate] = useLocation();
  const identity = useIdentity(event.id);
  const { expenses } = useExpenses(event.id);
  const isGuest = Boolean(useSession().guests[event.id]);
  const [name, setName] = useState(event.name);
  const [description, setDescription] = useState(event.description);
  const [currency, setCurrency] = useState(event.currency);
  const [simplify, setSimplify] = useState(event.simplify_debts);
  const [isAsking, setAsking] = useState(false);
  const isAdmin = event.role === 'admin';
  const changes: EditEvent = {
    ...(name.trim() !== event.name ? { name: name.trim() } : {}),
    ...(description !== event.description ? { description } : {}),
    ...(currency !== event.currency ? { currency } : {}),
    ...(simplify !== event.simplify_debts ? { simplify_debts: simplify } : {}),
  };
  const edit = (body: EditEvent) =>
    outbox.add({
      identity, method: 'PATCH', path: `/api/v1/events/${event.id}`, body: { ...body }, eventId: event.id,
      ifMatch: writes.get().some((write) => write.eventId === event.id) ? null : event.version,
      change: { kind: 'event.edit', event: { id: event.id, name: event.name, ...body } as Event },
    });
  const save = async () => {
    await edit(changes);
    navigate(`/events/${event.id}`);
  };
  const remove = async () => {
    await outbox.add({ identity, method: 'DELETE', path: `/api/v1/events/${event.id}`, body: null, eventId: event.id, change: { kind: 'event.delete', event } });
    navigate('/events');
  };
  if (!isAdmin) {
    return (
      <>
        <TakeOut event={event} />
        <Note><Trans>Only an admin of the event can change its settings.</Trans></Note>
        {isGuest && <ForgetEvent eventId={event.id} />}
      </>
    );
  }
  return (
    <>
      <section className={`${ui.card} ${ui.padded}`}>
        <TextInput label={t`Name`} required maxLength={100} value={name} onChange={(change) => setName(change.target.value)} />
        <Textarea label={t`Description`} maxLength={500} minRows={2} value={description} onChange={(change) => setDescription(change.target.value)} />
        <CurrencySelect label={t`Currency`} value={currency} onChange={setCurrency} disabled={expenses.length > 0}
          {...(expenses.length > 0 ? { description: t`Cannot change while the event has expenses.` } : {})} />
        <Switch label={t`Fewest payments`} description={t`Settle up with as few payments as possible. When off, everybody pays exactly those they owe.`}
          checked={simplify} onChange={(change) => setSimplify(change.target.checked)} />
        <Button disabled={!name.trim() || Object.keys(changes).length === 0} onClick={() => void save()}><Trans>Save</Trans></Button>
      </section>
      <section className={`${ui.card} ${ui.padded}`}>
        <h2>{event.archived ? <Trans>In the archive</Trans> : <Trans>Done with it?</Trans>}</h2>
        <p className="muted"><Trans>An archived event can be read, but nothing in it can change. You can take it out again at any time.</Trans></p>
        <Button variant="default" leftSection={<IconArchive size={20} />} onClick={() => void edit({ archived: !event.archived })}>
          {event.archived ? <Trans>Take out of the archive</Trans> : <Trans>Put into the archive</Trans>}
        </Button>
      </section>
      <TakeOut event={event} />
      <section className={styles.danger}>
        <h2><Trans>Delete</Trans></h2>
        <p className="muted"><Trans>Removes the event with all its expenses for everybody. It can be undone for 30 days.</Trans></p>
        <Button color="rust.6" leftSection={<IconTrash size={20} />} onClick={() => setAsking(true)}><Trans>Delete the event …</Trans></Button>
      </section>
      {isGuest && <ForgetEvent eventId={event.id} />}
      <Sheet opened={isAsking} onClose={() => setAsking(false)} title={t`Delete “${event.name}”?`}>
        <p><Trans>Everybody in the event loses it, with all expenses and payments.</Trans></p>
        <div className={ui.actions}>
          <Button variant="default" onClick={() => setAsking(false)}><Trans>Keep it</Trans></Button>
          <Button color="rust.6" onClick={() => void remove()}><Trans>Delete</Trans></Button>
        </div>
      </Sheet>
    </>
  );
}

type Format = 'csv' | 'json';

/** The event as a file: for a spreadsheet, or to bring it back in with everything. */
function TakeOut({ event }: { event: Event }) {
  const identity = useIdentity(event.id);
  const [error, setError] = useState<unknown>(null);
  async function download(format: Format) {
    setError(null);
    try {
      const response = await fetchAs(identity, new Request(new URL(`/api/v1/events/${event.id}/export?format=${format}`, location.origin)));
      if (!response.ok) throw await problemOf(response);
      const url = URL.createObjectURL(await response.blob());
      Object.assign(document.createElement('a'), { href: url, download: `${event.name}.${format}` }).click();
      setTimeout(() => URL.revokeObjectURL(url), KEPT_MS);
    } catch (reason) {
      setError(reason);
    }
  }
  return (
    <section className={`${ui.card} ${ui.padded}`}>
      <h2><Trans>Take it with you</Trans></h2>
      <p className="muted"><Trans>All expenses as a table (CSV), or everything as JSON.</Trans></p>
      <ProblemNote error={error} />
      <div className={ui.actions}>
        <Button variant="default" leftSection={<IconDownload size={20} />} onClick={() => void download('csv')}>CSV</Button>
        <Button variant="default" leftSection={<IconDownload size={20} />} onClick={() => void download('json')}>JSON</Button>
      </div>
    </section>
  );
}

function ForgetEvent({ eventId }: { eventId: string }) {
  const [, navigate] = useLocation();
  return (
    <section className={`${ui.card} ${ui.padded}`}>
      <h2><Trans>On this device</Trans></h2>
      <p className="muted"><Trans>You came by a secret link, which is kept on this device. Forgetting it removes the event from your list; with the link you can come back.</Trans></p>
      <Button variant="default" onClick={() => void dropPass(eventId).then(() => navigate('/events'))}><Trans>Forget this event here</Trans></Button>
    </section>
  );
}
