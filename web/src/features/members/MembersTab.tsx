/** The people of an event: add, rename, weigh, let leave, claim. */

import { Button, NativeSelect, TextInput } from '@mantine/core';
import { Trans, useLingui } from '@lingui/react/macro';
import { IconChevronRight, IconLink, IconUserPlus } from '@tabler/icons-react';
import { useState } from 'react';
import { Link } from 'wouter';
import type { EditMember, Event, Member } from '@/api/types';
import { answer, as } from '@/api/client';
import { queries } from '@/data/cache';
import { newId } from '@/data/ids';
import { shortDate, today } from '@/i18n/dates';
import { useLocale } from '@/i18n/language';
import { decimalText, hundredths } from '@/money/split';
import { outbox } from '@/outbox';
import { dropPass, keepPass, useIdentity, useSession } from '@/session/session';
import { Avatar } from '@/ui/Avatar';
import { ProblemNote, Sheet } from '@/ui/parts';
import ui from '@/ui/ui.module.css';

const membersPath = (eventId: string): string => `/api/v1/events/${eventId}/members`;

export function MembersTab({ event }: { event: Event }) {
  const { t } = useLingui();
  const locale = useLocale();
  const [openId, setOpenId] = useState<string | null>(null);
  const canWrite = event.role !== 'viewer' && !event.archived;
  const open = event.members.find((member) => member.id === openId);
  const members = event.members.filter((member) => member.deleted_at === null);
  return (
    <>
      {canWrite && (
        <Button component={Link} href={`/events/${event.id}/invite`} leftSection={<IconLink size={20} />}><Trans>Invite by link</Trans></Button>
      )}
      <ul className={`${ui.card} ${ui.rows}`}>
        {members.map((member) => (
          <li key={member.id}>
            <button type="button" className={ui.row} onClick={() => setOpenId(member.id)} disabled={!canWrite && event.my_member_id !== null}>
              <Avatar id={member.id} name={member.name} size={44} />
              <span className={ui.grow}>
                <span className={ui.title}>{member.id === event.my_member_id ? t`${member.name} (you)` : member.name}</span>
                <span className={ui.sub}>
                  {member.left_on !== null ? <Trans>left on {shortDate(member.left_on, locale)}</Trans>
                    : member.user_id ? (member.role === 'admin' ? <Trans>admin</Trans> : member.role === 'viewer' ? <Trans>reads only</Trans> : <Trans>has an account</Trans>)
                    : <Trans>without an account</Trans>}
                  {member.weight !== '1' && <Trans> · counts ×{member.weight}</Trans>}
                </span>
              </span>
              <IconChevronRight size={20} aria-hidden />
            </button>
          </li>
        ))}
      </ul>
      {canWrite && <AddMember event={event} />}
      <Sheet opened={open !== undefined} onClose={() => setOpenId(null)} title={open?.name ?? ''}>
        {open && <MemberForm key={open.id} event={event} member={open} close={() => setOpenId(null)} />}
      </Sheet>
    </>
  );
}

function AddMember({ event }: { event: Event }) {
  const { t } = useLingui();
  const identity = useIdentity(event.id);
  const [name, setName] = useState('');
  const isTaken = event.members.some((member) => member.name.toLocaleLowerCase() === name.trim().toLocaleLowerCase());
  async function add(submitted: React.FormEvent) {
    submitted.preventDefault();
    if (!name.trim() || isTaken) return;
    const id = newId();
    const now = Math.floor(Date.now() / 1000);
    const member: Member = {
      id, event_id: event.id, name: name.trim(), email: null, role: 'editor', weight: '1', user_id: null, joined_on: null, left_on: null,
      created_at: now, updated_at: now, version: 0, deleted_at: null,
    };
    setName('');
    await outbox.add({ id, identity, method: 'POST', path: membersPath(event.id), body: { id, name: member.name }, eventId: event.id, change: { kind: 'member.add', member } });
  }
  return (
    <form className={`${ui.card} ${ui.padded}`} onSubmit={(submitted) => void add(submitted)}>
      <TextInput label={t`Add somebody`} placeholder={t`Name`} maxLength={100} value={name} autoComplete="off" onChange={(typed) => setName(typed.target.value)}
        error={isTaken ? t`This name is there already.` : null} />
      <Button type="submit" variant="default" leftSection={<IconUserPlus size={20} />} disabled={!name.trim() || isTaken}><Trans>Add</Trans></Button>
    </form>
  );
}

function MemberForm({ event, member, close }: { event: Event; member: Member; close: () => void }) {
  const { t } = useLingui();
  const identity = useIdentity(event.id);
  const { user } = useSession();
  const [name, setName] = useState(member.name);
  const [email, setEmail] = useState(member.email ?? '');
  const [weight, setWeight] = useState(member.weight);
  const [from, setFrom] = useState(today());
  const [role, setRole] = useState(member.role);
  const weighed = hundredths(weight);
  const isWeightWrong = weighed === null || weighed <= 0 || weighed > 100_000;
  const path = `${membersPath(event.id)}/${member.id}`;
  const canWrite = event.role !== 'viewer' && !event.archived;

  const change = async (body: EditMember) => {
    const { weight_from: _from, ...shown } = body;
    await outbox.add({ identity, method: 'PATCH', path, body: { ...body }, eventId: event.id, change: { kind: 'member.edit', member: { ...member, ...shown } as Member } });
    close();
  };
  const changes: EditMember = {
    ...(name.trim() !== member.name ? { name: name.trim() } : {}),
    ...(email.trim() !== (member.email ?? '') ? { email: email.trim() || null } : {}),
    ...(weighed !== null && decimalText(weighed) !== member.weight ? { weight: decimalText(weighed), weight_from: from } : {}),
    ...(role !== member.role ? { role } : {}),
  };
  const remove = async () => {
    await outbox.add({ identity, method: 'DELETE', path, body: null, eventId: event.id, change: { kind: 'member.remove', member } });
    close();
  };
  return (
    <>
      {event.my_member_id === null && member.user_id === null && <ClaimButton event={event} member={member} close={close} />}
      {canWrite && (
        <>
          <TextInput label={t`Name`} required maxLength={100} value={name} onChange={(typed) => setName(typed.target.value)} />
          <TextInput label={t`E-mail`} type="email" value={email} autoComplete="off" onChange={(typed) => setEmail(typed.target.value)} description={t`To tell them about their expenses.`} />
          <TextInput label={t`Counts as`} description={t`A couple counts as 2, a child perhaps as 0.5; it matters for equal splits.`} inputMode="decimal" value={weight}
            onChange={(typed) => setWeight(typed.target.value)} error={isWeightWrong ? t`A number above 0 with at most two decimals.` : null} />
          {changes.weight !== undefined && <TextInput type="date" label={t`From this day on`} value={from} onChange={(typed) => setFrom(typed.target.value)} />}
          {event.role === 'admin' && user !== null && (
            <NativeSelect label={t`May`} value={role} onChange={(chosen) => setRole(chosen.target.value as Member['role'])}
              data={[{ value: 'viewer', label: t`read only` }, { value: 'editor', label: t`add and change expenses` }, { value: 'admin', label: t`do everything` }]} />
          )}
          <Button disabled={!name.trim() || isWeightWrong || Object.keys(changes).length === 0} onClick={() => void change(changes)}><Trans>Save</Trans></Button>
          <div className={ui.actions}>
            {member.left_on === null
              ? <Button variant="default" onClick={() => void change({ left_on: today() })}><Trans>Leaves the event</Trans></Button>
              : <Button variant="default" onClick={() => void change({ left_on: null })}><Trans>Is back</Trans></Button>}
            <Button variant="default" onClick={() => void remove()}><Trans>Delete</Trans></Button>
          </div>
        </>
      )}
    </>
  );
}

/** "This is me": a user takes over a member, a guest says who they are. */
function ClaimButton({ event, member, close }: { event: Event; member: Member; close: () => void }) {
  const { user, guests } = useSession();
  const [error, setError] = useState<unknown>(null);
  const pass = guests[event.id];
  async function claim() {
    try {
      if (user) {
        const params = { path: { event_id: event.id, member_id: member.id } };
        await answer(as(`user:${user.id}`).POST('/api/v1/events/{event_id}/members/{member_id}/claim', { params, body: pass ? { link: pass.link } : {} }));
        if (pass) await dropPass(event.id);
      } else if (pass) {
        await keepPass(event.id, { ...pass, memberId: member.id });
      }
      await queries.invalidateQueries();
      close();
    } catch (reason) {
      setError(reason);
    }
  }
  return (
    <>
      <Button onClick={() => void claim()}><Trans>This is me</Trans></Button>
      <ProblemNote error={error} />
    </>
  );
}
