/** Everything about me and this device. */

import { Button, NativeSelect } from '@mantine/core';
import { Plural, Trans, useLingui } from '@lingui/react/macro';
import { IconChevronRight, IconClockUp, IconDevices, IconLock, IconLogout, IconUser, type Icon } from '@tabler/icons-react';
import { useState, type ReactNode } from 'react';
import { Link, useLocation } from 'wouter';
import { as } from '@/api/client';
import { queries } from '@/data/cache';
import { LANGUAGES, speak, type Language } from '@/i18n/language';
import { outbox, useWrites } from '@/outbox';
import { leave, useSession } from '@/session/session';
import { Avatar } from '@/ui/Avatar';
import { Choice, Note, ScreenHeader, Sheet } from '@/ui/parts';
import { useTheme, type Theme } from '@/ui/useTheme';
import ui from '@/ui/ui.module.css';

export function MoreScreen() {
  const { t, i18n } = useLingui();
  const { user } = useSession();
  const waiting = useWrites().filter((write) => write.state !== 'done').length;
  const [theme, setTheme] = useTheme();
  return (
    <>
      <ScreenHeader title={t`More`} />
      <div className={ui.page}>
        {user ? (
          <div className={ui.card}><div className={ui.row} style={{ minHeight: 84 }}>
            <Avatar id={user.id} name={user.name} size={52} />
            <span className={ui.grow}><span className={ui.title}>{user.name}</span><span className={ui.sub}>{user.email}</span></span>
          </div></div>
        ) : (
          <section className={`${ui.card} ${ui.padded}`}>
            <h2><Trans>Have your events everywhere</Trans></h2>
            <p className="muted"><Trans>With an account your events are on all your devices, and nobody can take a link away from you.</Trans></p>
            <div className={ui.actions}>
              <Button component={Link} href="/register"><Trans>Make an account</Trans></Button>
              <Button component={Link} href="/sign-in" variant="default"><Trans>Sign in</Trans></Button>
            </div>
          </section>
        )}
        <ul className={`${ui.card} ${ui.rows}`}>
          {user && <Item href="/more/profile" icon={IconUser} title={t`Profile`} />}
          {user && <Item href="/more/security" icon={IconLock} title={t`Security`} />}
          {user && <Item href="/more/devices" icon={IconDevices} title={t`Devices`} />}
          <Item href="/more/waiting" icon={IconClockUp} title={t`Waiting changes`} detail={waiting > 0 ? <Plural value={waiting} one="# change" other="# changes" /> : <Trans>none</Trans>} />
        </ul>
        <section className={`${ui.card} ${ui.padded}`}>
          <Choice<Theme> label={t`Appearance`} value={theme} onChange={setTheme}
            options={[{ value: 'auto', label: t`Like the device` }, { value: 'light', label: t`Light` }, { value: 'dark', label: t`Dark` }]} />
          <NativeSelect label={t`Language`} value={i18n.locale} onChange={(chosen) => void speak(chosen.target.value as Language, true)}
            data={Object.entries(LANGUAGES).map(([value, label]) => ({ value, label }))} />
        </section>
        {user && <SignOut />}
      </div>
    </>
  );
}

function Item({ href, icon: IconOf, title, detail }: { href: string; icon: Icon; title: string; detail?: ReactNode }) {
  return (
    <li>
      <Link href={href} className={ui.row}>
        <IconOf size={24} aria-hidden />
        <span className={`${ui.grow} ${ui.title}`}>{title}</span>
        {detail && <span className="muted">{detail}</span>}
        <IconChevronRight size={20} aria-hidden />
      </Link>
    </li>
  );
}

function SignOut() {
  const { t } = useLingui();
  const { user } = useSession();
  const [, navigate] = useLocation();
  const [isAsking, setAsking] = useState(false);
  const unsent = useWrites().filter((write) => write.identity === `user:${user?.id}` && write.state !== 'done');
  async function signOut() {
    for (const write of unsent) await outbox.discard(write.id);
    if (user) await as(`user:${user.id}`).POST('/api/v1/auth/logout', { body: {} }).catch(() => undefined);
    queries.clear();
    await leave();
    navigate('/events', { replace: true });
  }
  return (
    <>
      <Button variant="default" leftSection={<IconLogout size={20} />} onClick={() => (unsent.length > 0 ? setAsking(true) : void signOut())}><Trans>Sign out</Trans></Button>
      <Sheet opened={isAsking} onClose={() => setAsking(false)} title={t`Sign out and lose changes?`}>
        <Note kind="problem"><Plural value={unsent.length} one="# change was not sent yet. Signing out throws it away." other="# changes were not sent yet. Signing out throws them away." /></Note>
        <div className={ui.actions}>
          <Button variant="default" onClick={() => setAsking(false)}><Trans>Stay signed in</Trans></Button>
          <Button color="rust.6" onClick={() => void signOut()}><Trans>Sign out anyway</Trans></Button>
        </div>
      </Sheet>
    </>
  );
}
