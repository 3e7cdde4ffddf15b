/** Inviting: one secret link for each role, as a text, to share, and as a QR code. */

import { Button, TextInput } from '@mantine/core';
import { Trans, useLingui } from '@lingui/react/macro';
import { IconCopy, IconRefresh, IconShare2, IconUnlink } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { lazy, Suspense, useEffect, useRef, useState } from 'react';
import { answer, as } from '@/api/client';
import { Problem } from '@/api/problem';
import type { Event, Role, SecretLink } from '@/api/types';
import { queries } from '@/data/cache';
import { keepPass, session, useIdentity } from '@/session/session';
import { Choice, Note, ProblemNote, RowSkeletons, ScreenHeader, Sheet } from '@/ui/parts';
import ui from '@/ui/ui.module.css';
import styles from '@/ui/qr.module.css';

const LINK = '/api/v1/events/{event_id}/link';
const QrCode = lazy(() => import('@/ui/QrCode'));

export function InviteScreen({ event }: { event: Event }) {
  const { t } = useLingui();
  const identity = useIdentity(event.id);
  const [role, setRole] = useState<Role>('editor');
  const params = { path: { event_id: event.id }, query: { role } };
  const key = [identity, 'event', event.id, 'link', role];
  const query = useQuery({
    queryKey: key,
    meta: { isSecret: true },
    queryFn: async (): Promise<SecretLink | null> => {
      try {
        return await answer(as(identity).GET(LINK, { params }));
      } catch (reason) {
        if (reason instanceof Problem && reason.status === 404) return null;
        throw reason;
      }
    },
  });
  const [error, setError] = useState<unknown>(null);
  const [isAsking, setAsking] = useState<'renew' | 'revoke' | null>(null);
  const isAdmin = event.role === 'admin';
  const options: { value: Role; label: string }[] = [
    { value: 'editor', label: t`Take part` },
    { value: 'viewer', label: t`Only read` },
    ...(isAdmin ? [{ value: 'admin' as Role, label: t`Administer` }] : []),
  ];

  const attempt = async (work: () => Promise<void>) => {
    setError(null);
    setAsking(null);
    await work().catch(setError);
  };
  const renew = async () => {
    const made = await answer(as(identity).POST(LINK, { params: { path: { event_id: event.id } }, body: { role } }));
    const own = session.get().guests[event.id];
    // Whoever came by the link that just ended goes on with the new one.
    if (own && own.role === role) await keepPass(event.id, { ...own, link: made.token });
    queries.setQueryData(key, made);
  };
  // Who comes here wants to invite: the link for taking part is made without asking, once.
  const isOffered = useRef(false);
  useEffect(() => {
    if (query.data !== null || !isAdmin || role !== 'editor' || event.archived || isOffered.current) return;
    isOffered.current = true;
    void attempt(renew);
  });
  const revoke = async () => {
    isOffered.current = true;
    await answer(as(identity).DELETE(LINK, { params }));
    queries.setQueryData(key, null);
  };

  return (
    <>
      <ScreenHeader title={t`Invite`} back={`/events/${event.id}/members`} />
      <div className={ui.page}>
        <p className="muted"><Trans>Whoever opens the link is in, without an account. Send it only to those who belong to “{event.name}”.</Trans></p>
        <Choice label={t`Who opens it may`} value={role} options={options} onChange={setRole} />
        <ProblemNote error={error ?? query.error} />
        {query.isLoading && <RowSkeletons count={3} />}
        {query.data && <Shown link={query.data} name={event.name} />}
        {query.data === null && (
          <div className={`${ui.card} ${ui.padded}`}>
            <p>{isAdmin ? <Trans>There is no such link at the moment.</Trans> : <Trans>There is no such link at the moment. An admin of the event can make one.</Trans>}</p>
            {isAdmin && <Button onClick={() => void attempt(renew)}><Trans>Make a link</Trans></Button>}
          </div>
        )}
        {query.data && isAdmin && (
          <div className={ui.actions}>
            <Button variant="default" leftSection={<IconRefresh size={20} />} onClick={() => setAsking('renew')}><Trans>Renew</Trans></Button>
            <Button variant="default" leftSection={<IconUnlink size={20} />} onClick={() => setAsking('revoke')}><Trans>Revoke</Trans></Button>
          </div>
        )}
      </div>
      <Sheet opened={isAsking !== null} onClose={() => setAsking(null)} title={isAsking === 'renew' ? t`Renew the link?` : t`Revoke the link?`}>
        <Note>{isAsking === 'renew'
          ? <Trans>The present link stops working at once. Who came by it needs the new one.</Trans>
          : <Trans>The link stops working at once, and who came by it loses access.</Trans>}</Note>
        <div className={ui.actions}>
          <Button variant="default" onClick={() => setAsking(null)}><Trans>Keep it</Trans></Button>
          <Button color="rust.6" onClick={() => void attempt(isAsking === 'renew' ? renew : revoke)}>{isAsking === 'renew' ? <Trans>Renew</Trans> : <Trans>Revoke</Trans>}</Button>
        </div>
      </Sheet>
    </>
  );
}

function Shown({ link, name }: { link: SecretLink; name: string }) {
  const { t } = useLingui();
  const [isCopied, setCopied] = useState(false);
  // The address under which this page was opened is the one that works where we are.
  const url = `${location.origin}/join#${link.token}`;
  const copy = async () => {
    await navigator.clipboard?.writeText(url);
    setCopied(true);
    setTimeout(() => setCopied(false), 4_000);
  };
  return (
    <div className={`${ui.card} ${ui.padded}`}>
      <Suspense fallback={<div className={styles.qr} />}><QrCode text={url} label={t`QR code of the link`} /></Suspense>
      <TextInput label={t`Link`} readOnly value={url} onFocus={(focused) => focused.target.select()} />
      <div className={ui.actions}>
        <Button leftSection={<IconCopy size={20} />} onClick={() => void copy()}>{isCopied ? <Trans>Copied</Trans> : <Trans>Copy</Trans>}</Button>
        {'share' in navigator && (
          <Button variant="default" leftSection={<IconShare2 size={20} />} onClick={() => void navigator.share({ title: name, url }).catch(() => undefined)}><Trans>Share</Trans></Button>
        )}
      </div>
      <span className="hidden" role="status">{isCopied ? t`Copied` : ''}</span>
    </div>
  );
}
