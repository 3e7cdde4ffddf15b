/** What protects my account: authenticator, password, recovery codes, one device or several. */

import { Button, PasswordInput, Switch } from '@mantine/core';
import { Trans, useLingui } from '@lingui/react/macro';
import { useState } from 'react';
import { answer, as } from '@/api/client';
import { Problem } from '@/api/problem';
import type { EditUser, TotpSetup, User } from '@/api/types';
import { keepUser, useSession } from '@/session/session';
import { CodeInput, Note, ProblemNote, ScreenHeader } from '@/ui/parts';
import ui from '@/ui/ui.module.css';
import { RecoveryCodes } from './RecoveryCodes';
import { Authenticator } from './Register';

export function Security() {
  const { t } = useLingui();
  const { user } = useSession();
  return (
    <>
      <ScreenHeader title={t`Security`} back="/more" />
      <div className={ui.page}>
        {user && <><Rules user={user} /><Password user={user} /><NewAuthenticator user={user} /><NewCodes user={user} /></>}
      </div>
    </>
  );
}

/** Runs one thing at a time and keeps what went wrong. */
function useAttempt() {
  const [error, setError] = useState<unknown>(null);
  const [isBusy, setBusy] = useState(false);
  const attempt = async (work: () => Promise<void>) => {
    setBusy(true);
    setError(null);
    await work().catch(setError);
    setBusy(false);
  };
  return { error, isBusy, attempt };
}

function Rules({ user }: { user: User }) {
  const { t } = useLingui();
  const { error, isBusy, attempt } = useAttempt();
  const set = (body: EditUser) => attempt(async () => keepUser(await answer(as(`user:${user.id}`).PATCH('/api/v1/users/me', { body }))));
  return (
    <section className={`${ui.card} ${ui.padded}`}>
      <Switch label={t`One device at a time`} description={t`Signing in on another device signs this one out.`} checked={user.single_device} disabled={isBusy}
        onChange={(chosen) => void set({ single_device: chosen.target.checked })} />
      <Switch label={t`Password and code together`} description={user.has_password ? t`Both are asked for at every sign-in.` : t`Set a password first.`}
        checked={user.two_factor} disabled={isBusy || !user.has_password} onChange={(chosen) => void set({ two_factor: chosen.target.checked })} />
      <ProblemNote error={error} />
    </section>
  );
}

function Password({ user }: { user: User }) {
  const { t } = useLingui();
  const { error, isBusy, attempt } = useAttempt();
  const [password, setPassword] = useState('');
  const [code, setCode] = useState('');
  const [isDone, setDone] = useState(false);
  const put = (value: string | null) =>
    attempt(async () => {
      setDone(false);
      await answer(as(`user:${user.id}`).PUT('/api/v1/auth/password', { body: { password: value, code } }));
      await keepUser({ ...user, has_password: value !== null });
      setPassword('');
      setCode('');
      setDone(true);
    });
  return (
    <section className={`${ui.card} ${ui.padded}`}>
      <h2>{user.has_password ? <Trans>Change the password</Trans> : <Trans>Set a password</Trans>}</h2>
      <PasswordInput label={t`New password`} size="md" autoComplete="new-password" value={password} onChange={(typed) => setPassword(typed.target.value)}
        error={error instanceof Problem ? error.at('password') : null} visibilityToggleButtonProps={{ 'aria-label': t`Show the password` }} />
      <CodeInput label={t`Fresh code from the app`} value={code} onChange={setCode} />
      {!(error instanceof Problem && error.at('password')) && <ProblemNote error={error} />}
      {isDone && <Note kind="good"><Trans>Done. Your other devices are signed out.</Trans></Note>}
      <div className={ui.actions}>
        <Button loading={isBusy} disabled={!password || code.length < 6} onClick={() => void put(password)}><Trans>Save</Trans></Button>
        {user.has_password && <Button variant="default" disabled={code.length < 6 || isBusy} onClick={() => void put(null)}><Trans>Remove the password</Trans></Button>}
      </div>
    </section>
  );
}

function NewAuthenticator({ user }: { user: User }) {
  const { t } = useLingui();
  const { error, isBusy, attempt } = useAttempt();
  const [code, setCode] = useState('');
  const [pending, setPending] = useState<{ id: string; totp: TotpSetup } | null>(null);
  const [isDone, setDone] = useState(false);
  const begin = () =>
    attempt(async () => {
      const made = await answer(as(`user:${user.id}`).POST('/api/v1/auth/totp', { body: { code } }));
      setPending({ id: made.totp_id, totp: made.totp });
      setCode('');
    });
  const confirm = () =>
    attempt(async () => {
      await answer(as(`user:${user.id}`).POST('/api/v1/auth/totp/confirm', { body: { totp_id: pending?.id ?? '', code } }));
      setPending(null);
      setCode('');
      setDone(true);
    });
  return (
    <section className={`${ui.card} ${ui.padded}`}>
      <h2><Trans>New authenticator</Trans></h2>
      {isDone && <Note kind="good"><Trans>The new authenticator counts from now on.</Trans></Note>}
      {pending && <Authenticator totp={pending.totp} />}
      <CodeInput label={pending ? t`Six digits from the new app` : t`Six digits from the present app`} value={code} onChange={setCode} />
      <ProblemNote error={error} />
      <Button variant={pending ? 'filled' : 'default'} loading={isBusy} disabled={code.length < 6} onClick={() => void (pending ? confirm() : begin())}>
        {pending ? <Trans>Replace</Trans> : <Trans>Set up a new one</Trans>}
      </Button>
    </section>
  );
}

function NewCodes({ user }: { user: User }) {
  const { t } = useLingui();
  const { error, isBusy, attempt } = useAttempt();
  const [code, setCode] = useState('');
  const [codes, setCodes] = useState<readonly string[] | null>(null);
  const make = () =>
    attempt(async () => {
      const made = await answer(as(`user:${user.id}`).POST('/api/v1/auth/recovery-codes', { body: { code } }));
      setCodes(made.recovery_codes);
      setCode('');
    });
  return (
    <section className={`${ui.card} ${ui.padded}`}>
      <h2><Trans>New recovery codes</Trans></h2>
      <p className="muted"><Trans>The former ones no longer work then.</Trans></p>
      {codes && <RecoveryCodes codes={codes} />}
      <CodeInput label={t`Fresh code from the app`} value={code} onChange={setCode} />
      <ProblemNote error={error} />
      <Button variant="default" loading={isBusy} disabled={code.length < 6} onClick={() => void make()}><Trans>Make new codes</Trans></Button>
    </section>
  );
}
