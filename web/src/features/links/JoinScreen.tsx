/** A secret link was opened: who are you in this event? */

import { Button, TextInput } from '@mantine/core';
import { Trans, useLingui } from '@lingui/react/macro';
import { IconChevronRight, IconEye, IconUserPlus } from '@tabler/icons-react';
import { useEffect, useState } from 'react';
import { Link, useLocation } from 'wouter';
import { answer, as } from '@/api/client';
import { Problem, problemOf } from '@/api/problem';
import type { Event, GuestTokens, Role } from '@/api/types';
import { queries } from '@/data/cache';
import { newId } from '@/data/ids';
import { dropPass, keepPass, post, session, useSession } from '@/session/session';
import { Avatar } from '@/ui/Avatar';
import { BrokenLink, TableForThree } from '@/ui/illustrations';
import { EmptyState, ProblemNote, RowSkeletons, ScreenHeader } from '@/ui/parts';
import ui from '@/ui/ui.module.css';

interface Opened {
  event: Event;
  link: string;
}

export function JoinScreen() {
  const { t } = useLingui();
  const [link] = useState(() => decodeURIComponent(location.hash.slice(1)));
  const [opened, setOpened] = useState<Opened | null>(null);
  const [error, setError] = useState<Problem | null>(null);
  const [, navigate] = useLocation();

  useEffect(() => {
    let isGone = false;
    void open(link)
      .then((result) => {
        if (isGone) return;
        if (result.isKnown) navigate(`/events/${result.event.id}`, { replace: true });
        else setOpened({ event: result.event, link });
      })
      .catch((reason: unknown) => { if (!isGone) setError(reason instanceof Problem ? reason : new Problem(0, 'unknown', String(reason))); });
    return () => { isGone = true; };
  }, [link, navigate]);

  if (error) return <NoEntry error={error} />;
  return (
    <>
      <ScreenHeader title={opened?.event.name ?? t`Invitation`} />
      <div className={ui.page}>{opened ? <WhoAreYou {...opened} /> : <RowSkeletons count={4} />}</div>
    </>
  );
}

async function open(link: string): Promise<{ event: Event; isKnown: boolean }> {
  if (!link) throw new Problem(404, 'not_found', '');
  const response = await post('/api/v1/auth/guest', { link });
  if (!response.ok) throw await problemOf(response);
  const guest = (await response.json()) as GuestTokens;
  const { user, isExpired, guests } = session.get();
  const params = { path: { event_id: guest.event_id } };
  if (user && !isExpired) {
    // Who is in the event already needs no link.
    const mine = await as(`user:${user.id}`).GET('/api/v1/events/{event_id}', { params });
    if (mine.data) return { event: mine.data, isKnown: true };
  }
  const known = guests[guest.event_id];
  await keepPass(guest.event_id, { link, role: guest.role as Role, memberId: known?.memberId ?? null });
  const event = await answer(as(`guest:${guest.event_id}`).GET('/api/v1/events/{event_id}', { params }));
  return { event, isKnown: event.my_member_id !== null };
}

function WhoAreYou({ event, link }: Opened) {
  const { t } = useLingui();
  const [, navigate] = useLocation();
  const { user } = useSession();
  const [name, setName] = useState(user?.name ?? '');
  const [error, setError] = useState<unknown>(null);
  const [isBusy, setBusy] = useState(false);
  const free = event.members.filter((member) => member.user_id === null && member.deleted_at === null);
  const isTaken = event.members.some((member) => member.name.toLocaleLowerCase() === name.trim().toLocaleLowerCase());
  const pass = session.get().guests[event.id];

  async function become(memberId: string) {
    if (user) {
      const params = { path: { event_id: event.id, member_id: memberId } };
      await answer(as(`user:${user.id}`).POST('/api/v1/events/{event_id}/members/{member_id}/claim', { params, body: { link } }));
      await dropPass(event.id);
    } else if (pass) {
      await keepPass(event.id, { ...pass, memberId });
    }
    await queries.invalidateQueries();
    navigate(`/events/${event.id}`, { replace: true });
  }

  async function addMyself() {
    const id = newId();
    await answer(as(`guest:${event.id}`).POST('/api/v1/events/{event_id}/members', { params: { path: { event_id: event.id } }, body: { id, name: name.trim() } }));
    await become(id);
  }

  const attempt = (work: () => Promise<void>) => {
    setBusy(true);
    setError(null);
    void work().catch(setError).finally(() => setBusy(false));
  };

  return (
    <>
      <div className={ui.empty} style={{ padding: '8px 0 0' }}><TableForThree /></div>
      {free.length > 0 && (
        <section>
          <h2 style={{ padding: '0 4px 10px' }}><Trans>Who are you?</Trans></h2>
          <ul className={`${ui.card} ${ui.rows}`}>
            {free.map((member) => (
              <li key={member.id}>
                <button type="button" className={ui.row} disabled={isBusy} onClick={() => attempt(() => become(member.id))}>
                  <Avatar id={member.id} name={member.name} size={44} />
                  <span className={`${ui.grow} ${ui.title}`}>{member.name}</span>
                  <IconChevronRight size={20} aria-hidden />
                </button>
              </li>
            ))}
          </ul>
        </section>
      )}
      {pass?.role !== 'viewer' && (
        <form className={`${ui.card} ${ui.padded}`} onSubmit={(submitted) => { submitted.preventDefault(); attempt(addMyself); }}>
          <h2>{free.length > 0 ? <Trans>Not in the list?</Trans> : <Trans>Who are you?</Trans>}</h2>
          <TextInput label={t`Your name`} maxLength={100} value={name} autoComplete="given-name" onChange={(typed) => setName(typed.target.value)}
            error={isTaken ? t`This name is there already.` : null} />
          <Button type="submit" variant="default" leftSection={<IconUserPlus size={20} />} disabled={!name.trim() || isTaken} loading={isBusy}><Trans>Add me</Trans></Button>
        </form>
      )}
      <ProblemNote error={error} />
      <Button component={Link} href={`/events/${event.id}`} variant="subtle" color="ink" leftSection={<IconEye size={20} />}><Trans>Just look around</Trans></Button>
    </>
  );
}

/** The link leads nowhere: revoked, unknown, or the server cannot be reached. */
function NoEntry({ error }: { error: Problem }) {
  const { t } = useLingui();
  const isRevoked = error.status === 410;
  const isUnknown = error.status === 404 || error.status === 422;
  return (
    <>
      <ScreenHeader title={t`Invitation`} />
      <div className={ui.page}>
        {isRevoked || isUnknown ? (
          <EmptyState picture={<BrokenLink />} title={isRevoked ? t`This link was revoked` : t`This link leads nowhere`}
            action={<Button component={Link} href="/events" variant="default"><Trans>To my events</Trans></Button>}>
            {isRevoked ? <Trans>Somebody in the event has replaced or ended it. Ask them for the new one.</Trans> : <Trans>Perhaps a part of it got lost when it was copied. Ask for it again.</Trans>}
          </EmptyState>
        ) : (
          <>
            <ProblemNote error={error} />
            <Button onClick={() => location.reload()}><Trans>Try again</Trans></Button>
          </>
        )}
      </div>
    </>
  );
}
