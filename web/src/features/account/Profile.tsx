/** My profile. */

import { Button, TextInput } from '@mantine/core';
import { Trans, useLingui } from '@lingui/react/macro';
import { useEffect, useState } from 'react';
import { useLocation } from 'wouter';
import { answer, as } from '@/api/client';
import { Problem } from '@/api/problem';
import type { EditUser, User } from '@/api/types';
import { queries } from '@/data/cache';
import { keepUser, leave, useSession } from '@/session/session';
import { CurrencySelect } from '@/ui/CurrencySelect';
import { Note, ProblemNote, ScreenHeader, Sheet } from '@/ui/parts';
import ui from '@/ui/ui.module.css';

const ME = '/api/v1/users/me';

export function Profile() {
  const { t } = useLingui();
  const { user } = useSession();
  useEffect(() => {
    if (user) void as(`user:${user.id}`).GET(ME).then(({ data }) => { if (data && data.version !== user.version) void keepUser(data); }).catch(() => undefined);
    // Once per visit is enough.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [user?.id]);
  return (
    <>
      <ScreenHeader title={t`Profile`} back="/more" />
      <div className={ui.page}>{user && <Form key={user.version} user={user} />}</div>
    </>
  );
}

function Form({ user }: { user: User }) {
  const { t } = useLingui();
  const [name, setName] = useState(user.name);
  const [email, setEmail] = useState(user.email);
  const [currency, setCurrency] = useState(user.currency);
  const [error, setError] = useState<unknown>(null);
  const [isBusy, setBusy] = useState(false);
  const changes: EditUser = {
    ...(name.trim() !== user.name ? { name: name.trim() } : {}),
    ...(email.trim() !== user.email ? { email: email.trim() } : {}),
    ...(currency !== user.currency ? { currency } : {}),
  };
  const at = (field: string) => (error instanceof Problem ? error.at(field) : null);
  async function save() {
    setBusy(true);
    setError(null);
    try {
      await keepUser(await answer(as(`user:${user.id}`).PATCH(ME, { body: changes })));
    } catch (reason) {
      setError(reason);
    } finally {
      setBusy(false);
    }
  }
  return (
    <>
      <section className={`${ui.card} ${ui.padded}`}>
        <TextInput label={t`Name`} required maxLength={100} value={name} autoComplete="name" onChange={(typed) => setName(typed.target.value)} error={at('name')} />
        <TextInput label={t`E-mail`} required type="email" value={email} autoComplete="email" onChange={(typed) => setEmail(typed.target.value)} error={at('email')} />
        {user.pending_email && <Note><Trans>{user.pending_email} counts once the mail to it is confirmed.</Trans></Note>}
        <CurrencySelect label={t`My currency`} value={currency} onChange={setCurrency} />
        {!(error instanceof Problem && error.fields.length > 0) && <ProblemNote error={error} />}
        <Button loading={isBusy} disabled={!name.trim() || !email.trim() || Object.keys(changes).length === 0} onClick={() => void save()}><Trans>Save</Trans></Button>
      </section>
      <TakeOut user={user} />
      <Erase user={user} />
    </>
  );
}

function TakeOut({ user }: { user: User }) {
  const [error, setError] = useState<unknown>(null);
  async function download() {
    setError(null);
    try {
      const everything = await answer(as(`user:${user.id}`).GET('/api/v1/users/me/export'));
      const url = URL.createObjectURL(new Blob([JSON.stringify(everything, null, 2)], { type: 'application/json' }));
      const link = Object.assign(document.createElement('a'), { href: url, download: 'quits.json' });
      link.click();
      setTimeout(() => URL.revokeObjectURL(url), 10_000);
    } catch (reason) {
      setError(reason);
    }
  }
  return (
    <section className={`${ui.card} ${ui.padded}`}>
      <h2><Trans>My data</Trans></h2>
      <p className="muted"><Trans>Everything that is kept about you, as one file.</Trans></p>
      <ProblemNote error={error} />
      <Button variant="default" onClick={() => void download()}><Trans>Download</Trans></Button>
    </section>
  );
}

function Erase({ user }: { user: User }) {
  const { t } = useLingui();
  const [, navigate] = useLocation();
  const [isAsking, setAsking] = useState(false);
  const [error, setError] = useState<unknown>(null);
  async function erase() {
    try {
      await answer(as(`user:${user.id}`).DELETE(ME));
      queries.clear();
      await leave();
      navigate('/events', { replace: true });
    } catch (reason) {
      setError(reason);
    }
  }
  return (
    <section className={`${ui.card} ${ui.padded}`}>
      <h2><Trans>Delete my account</Trans></h2>
      <p className="muted"><Trans>Erases what is personal. The amounts in events you shared stay, for the sake of the others.</Trans></p>
      <Button variant="default" onClick={() => setAsking(true)}><Trans>Delete my account …</Trans></Button>
      <Sheet opened={isAsking} onClose={() => setAsking(false)} title={t`Delete your account?`}>
        <p><Trans>This cannot be undone.</Trans></p>
        <ProblemNote error={error} />
        <div className={ui.actions}>
          <Button variant="default" onClick={() => setAsking(false)}><Trans>Keep it</Trans></Button>
          <Button color="rust.6" onClick={() => void erase()}><Trans>Delete</Trans></Button>
        </div>
      </Sheet>
    </section>
  );
}
