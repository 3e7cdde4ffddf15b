/** Making an account: name and e-mail, then the authenticator, then its first code. */

import { Button, PasswordInput, TextInput } from '@mantine/core';
import { Trans, useLingui } from '@lingui/react/macro';
import { lazy, Suspense, useState } from 'react';
import { Link, useLocation } from 'wouter';
import { answer, as } from '@/api/client';
import { Problem } from '@/api/problem';
import type { TotpSetup } from '@/api/types';
import { currentLocale } from '@/i18n/language';
import { currencyOfRegion } from '@/money/region';
import { enter, keepUser } from '@/session/session';
import { CodeInput, Note, ProblemNote, ScreenHeader } from '@/ui/parts';
import { useProblemText } from '@/ui/problemText';
import ui from '@/ui/ui.module.css';
import qr from '@/ui/qr.module.css';
import styles from './account.module.css';
import { RecoveryCodes } from './RecoveryCodes';

const QrCode = lazy(() => import('@/ui/QrCode'));

interface Pending {
  id: string;
  totp: TotpSetup;
}

export function Register() {
  const { t } = useLingui();
  const [pending, setPending] = useState<Pending | null>(null);
  const [codes, setCodes] = useState<readonly string[] | null>(null);
  const [, navigate] = useLocation();
  return (
    <>
      <ScreenHeader title={codes ? t`Recovery codes` : t`Make an account`} {...(codes ? {} : { back: '/events' })} />
      <div className={ui.page}>
        {codes ? (
          <>
            <Note kind="good"><Trans>Your account is ready.</Trans></Note>
            <RecoveryCodes codes={codes} />
            <Button onClick={() => navigate('/events', { replace: true })}><Trans>I have kept them</Trans></Button>
          </>
        ) : pending ? <FirstCode pending={pending} onDone={setCodes} back={() => setPending(null)} /> : <AboutYou onDone={setPending} />}
      </div>
    </>
  );
}

function AboutYou({ onDone }: { onDone: (pending: Pending) => void }) {
  const { t } = useLingui();
  const [name, setName] = useState('');
  const [email, setEmail] = useState('');
  const [password, setPassword] = useState('');
  const [withPassword, setWithPassword] = useState(false);
  const [error, setError] = useState<unknown>(null);
  const [isBusy, setBusy] = useState(false);
  const at = (field: string) => (error instanceof Problem ? error.at(field) : null);
  async function submit(submitted: React.FormEvent) {
    submitted.preventDefault();
    setBusy(true);
    setError(null);
    try {
      const body = { name: name.trim(), email: email.trim(), ...(withPassword && password ? { password } : {}) };
      const made = await answer(as('nobody').POST('/api/v1/auth/register', { body }));
      onDone({ id: made.registration_id, totp: made.totp });
    } catch (reason) {
      setError(reason);
      setBusy(false);
    }
  }
  return (
    <form className={`${ui.card} ${ui.padded}`} onSubmit={(submitted) => void submit(submitted)}>
      <TextInput label={t`Name`} required maxLength={100} autoComplete="name" value={name} onChange={(typed) => setName(typed.target.value)} error={at('name')} autoFocus />
      <TextInput label={t`E-mail`} required type="email" autoComplete="email" value={email} onChange={(typed) => setEmail(typed.target.value)} error={at('email')} />
      {withPassword ? (
        <PasswordInput label={t`Password`} autoComplete="new-password" size="md" value={password} onChange={(typed) => setPassword(typed.target.value)} error={at('password')} visibilityToggleButtonProps={{ 'aria-label': t`Show the password` }} />
      ) : (
        <button type="button" className="textlink" onClick={() => setWithPassword(true)} style={{ justifySelf: 'start' }}><Trans>Set a password as well</Trans></button>
      )}
      {!(error instanceof Problem && error.fields.length > 0) && <ProblemNote error={error} />}
      <Button type="submit" loading={isBusy} disabled={!name.trim() || !email.trim()}><Trans>Go on</Trans></Button>
      <p className={ui.sub}>
        <Trans>You sign in with codes from an authenticator app, not with a password.</Trans>{' '}
        <Link href="/sign-in" className="textlink"><Trans>I have an account</Trans></Link>
      </p>
    </form>
  );
}

function FirstCode({ pending, onDone, back }: { pending: Pending; onDone: (codes: readonly string[]) => void; back: () => void }) {
  const { t } = useLingui();
  const text = useProblemText();
  const [code, setCode] = useState('');
  const [error, setError] = useState<Problem | null>(null);
  const [isBusy, setBusy] = useState(false);
  async function confirm(given: string) {
    setBusy(true);
    setError(null);
    try {
      const done = await answer(as('nobody').POST('/api/v1/auth/register/confirm', { body: { registration_id: pending.id, code: given, transport: 'cookie' } }));
      await enter(done.user, done);
      onDone(done.recovery_codes);
      const profile = { timezone: Intl.DateTimeFormat().resolvedOptions().timeZone, currency: currencyOfRegion(), locale: currentLocale() };
      const edited = await as(`user:${done.user.id}`).PATCH('/api/v1/users/me', { body: profile });
      if (edited.data) await keepUser(edited.data);
    } catch (reason) {
      setError(reason instanceof Problem ? reason : null);
      setCode('');
    } finally {
      setBusy(false);
    }
  }
  return (
    <>
      <Authenticator totp={pending.totp} />
      <form className={`${ui.card} ${ui.padded}`} onSubmit={(submitted) => { submitted.preventDefault(); void confirm(code); }}>
        <CodeInput label={t`Six digits from the app`} value={code} onChange={setCode} onFull={(full) => void confirm(full)} error={error ? text(error) : null} autoFocus />
        <Button type="submit" loading={isBusy} disabled={code.length < 6}><Trans>Done</Trans></Button>
        <Button variant="subtle" color="ink" onClick={back}><Trans>Back</Trans></Button>
      </form>
    </>
  );
}

/** The secret for an authenticator: to scan, to open on the same phone, and to type. */
export function Authenticator({ totp }: { totp: TotpSetup }) {
  const { t } = useLingui();
  return (
    <section className={`${ui.card} ${ui.padded}`}>
      <h2><Trans>Add Quits to your authenticator app</Trans></h2>
      <Suspense fallback={<div className={qr.qr} />}><QrCode text={totp.uri} label={t`QR code for the authenticator`} /></Suspense>
      <a className="textlink" href={totp.uri} style={{ justifySelf: 'center' }}><Trans>Open the app on this device</Trans></a>
      <p>
        <span className={ui.legend}><Trans>Or type this secret</Trans></span>
        <code className={styles.secret} data-secret={totp.secret}>{totp.secret.replace(/(.{4})(?=.)/g, '$1 ')}</code>
      </p>
    </section>
  );
}
