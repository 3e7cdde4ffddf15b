/** Signing in: e-mail and six digits; a password or a recovery code where that is how one does it. */

import { Button, PasswordInput, TextInput } from '@mantine/core';
import { Trans, useLingui } from '@lingui/react/macro';
import { useState } from 'react';
import { Link, useLocation } from 'wouter';
import { answer, as } from '@/api/client';
import { Problem } from '@/api/problem';
import { queries } from '@/data/cache';
import { outbox, writes } from '@/outbox';
import { enter, session, useSession } from '@/session/session';
import { CodeInput, Note, ProblemNote, ScreenHeader } from '@/ui/parts';
import ui from '@/ui/ui.module.css';

type Proof = 'code' | 'password' | 'recovery_code';

export function SignIn() {
  const { t } = useLingui();
  const now = useSession();
  const [, navigate] = useLocation();
  const [email, setEmail] = useState(now.user?.email ?? '');
  const [proof, setProof] = useState<Proof>('code');
  const [isBoth, setBoth] = useState(false);
  const [code, setCode] = useState('');
  const [password, setPassword] = useState('');
  const [recovery, setRecovery] = useState('');
  const [error, setError] = useState<unknown>(null);
  const [isBusy, setBusy] = useState(false);
  const withCode = proof === 'code' || isBoth;
  const withPassword = proof === 'password' || isBoth;

  async function signIn(given: string) {
    setBusy(true);
    setError(null);
    try {
      const proofs = proof === 'recovery_code' ? { recovery_code: recovery.trim() } : { ...(withCode ? { code: given } : {}), ...(withPassword ? { password } : {}) };
      const tokens = await answer(as('nobody').POST('/api/v1/auth/login', { body: { email: email.trim(), transport: 'cookie', ...proofs } }));
      const user = await me(tokens.access_token);
      if (session.get().user && session.get().user?.id !== user.id) queries.clear();
      await enter(user, tokens);
      void outbox.flush();
      await queries.invalidateQueries();
      navigate('/events', { replace: true });
    } catch (reason) {
      if (reason instanceof Problem && (reason.code === 'code_required' || reason.code === 'password_required')) setBoth(true);
      setError(reason);
      setCode('');
    } finally {
      setBusy(false);
    }
  }

  const waiting = now.isExpired ? writes.get().filter((write) => write.identity === `user:${now.user?.id}`).length : 0;
  const isReady = email.trim() && (proof === 'recovery_code' ? recovery.trim() : (!withCode || code.length === 6) && (!withPassword || password));
  return (
    <>
      <ScreenHeader title={t`Sign in`} back="/events" />
      <div className={ui.page}>
        {now.isExpired && <Note>{waiting > 0 ? <Trans>You were signed out. Your waiting changes are safe, and are sent once you are back.</Trans> : <Trans>You were signed out. Sign in to go on.</Trans>}</Note>}
        <form className={`${ui.card} ${ui.padded}`} onSubmit={(submitted) => { submitted.preventDefault(); void signIn(code); }}>
          <TextInput label={t`E-mail`} type="email" required autoComplete="username" value={email} onChange={(typed) => setEmail(typed.target.value)} autoFocus={!email} />
          {withPassword && <PasswordInput label={t`Password`} size="md" autoComplete="current-password" value={password} onChange={(typed) => setPassword(typed.target.value)} visibilityToggleButtonProps={{ 'aria-label': t`Show the password` }} />}
          {withCode && proof !== 'recovery_code' && (
            <CodeInput label={t`Six digits from the app`} value={code} onChange={setCode} onFull={(full) => { if (email.trim() && (!withPassword || password)) void signIn(full); }} autoFocus={Boolean(email)} />
          )}
          {proof === 'recovery_code' && <TextInput label={t`Recovery code`} autoComplete="off" value={recovery} onChange={(typed) => setRecovery(typed.target.value)} />}
          <ProblemNote error={error} />
          <Button type="submit" loading={isBusy} disabled={!isReady}><Trans>Sign in</Trans></Button>
        </form>
        <div style={{ display: 'grid', justifyItems: 'start' }}>
          {proof !== 'code' && <button type="button" className="textlink" onClick={() => setProof('code')}><Trans>Use a code from the app</Trans></button>}
          {proof !== 'password' && <button type="button" className="textlink" onClick={() => setProof('password')}><Trans>Use a password</Trans></button>}
          {proof !== 'recovery_code' && <button type="button" className="textlink" onClick={() => setProof('recovery_code')}><Trans>Use a recovery code</Trans></button>}
          <Link href="/register" className="textlink"><Trans>Make an account</Trans></Link>
        </div>
      </div>
    </>
  );
}

/** The profile of whoever this fresh token belongs to. */
async function me(token: string) {
  return answer(as('nobody').GET('/api/v1/users/me', { headers: { Authorization: `Bearer ${token}` } }));
}
