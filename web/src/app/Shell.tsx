/** The frame: navigation below on a phone, at the side on a desktop; banners; shortcuts. */

import { Plural, Trans, useLingui } from '@lingui/react/macro';
import { IconDots, IconReceipt2, type Icon } from '@tabler/icons-react';
import { useEffect, useRef, type ReactNode } from 'react';
import { Link, useLocation } from 'wouter';
import { useWrites } from '@/outbox';
import { useSession } from '@/session/session';
import { Mark } from '@/ui/illustrations';
import ui from '@/ui/ui.module.css';
import styles from './app.module.css';
import { ShortcutHelp, useShortcuts } from './shortcuts';
import { useUpdate } from './updates';
import { useOnline } from './useOnline';

/** Screens that want a phone's whole height: somebody is writing. */
const FOCUSED = /\/(new|edit)$|^\/(join|register|sign-in)$/;

export function Shell({ children }: { children: ReactNode }) {
  const { t } = useLingui();
  const [location] = useLocation();
  const main = useRef<HTMLElement>(null);
  const shortcuts = useShortcuts();
  const isFirst = useRef(true);
  useEffect(() => {
    scrollTo(0, 0);
    if (isFirst.current) isFirst.current = false;
    else return focusHeading();
  }, [location]);
  return (
    <div className={styles.shell} data-focused={FOCUSED.test(location) ? '' : undefined}>
      <a href="#main" className={styles.skip} onClick={(click) => { click.preventDefault(); main.current?.focus(); }}><Trans>To the content</Trans></a>
      <nav className={styles.nav} aria-label={t`Main`}>
        <Link href="/events" className={styles.logo} aria-label="Quits" tabIndex={-1}><Mark size={40} /></Link>
        <Tab href="/events" icon={IconReceipt2} title={t`Events`} />
        <Tab href="/more" icon={IconDots} title={t`More`} />
      </nav>
      <div className={styles.body}>
        <Banners />
        <main id="main" ref={main} tabIndex={-1}>{children}</main>
      </div>
      <ShortcutHelp {...shortcuts} />
    </div>
  );
}

/** Whoever reads by ear or goes by keyboard starts at the new screen's heading, unless the screen chose a field. */
function focusHeading(): () => void {
  const timer = setTimeout(() => {
    const active = document.activeElement;
    if (active === null || active === document.body) document.querySelector<HTMLElement>('main h1')?.focus({ preventScroll: true });
  }, 60);
  return () => clearTimeout(timer);
}

function Tab({ href, icon: IconOf, title }: { href: string; icon: Icon; title: string }) {
  const [location] = useLocation();
  const failed = useWrites().filter((write) => write.state === 'failed').length;
  return (
    <Link href={href} className={styles.tab} aria-current={location.startsWith(href) ? 'page' : undefined}>
      <span className={styles.tabIcon}><IconOf size={26} aria-hidden />{href === '/more' && failed > 0 && <i className={styles.dot} />}</span>
      {title}
    </Link>
  );
}

function Banners() {
  const isOnline = useOnline();
  const update = useUpdate();
  const { isExpired } = useSession();
  const waiting = useWrites();
  const unsent = waiting.filter((write) => write.state === 'waiting').length;
  const failed = waiting.filter((write) => write.state === 'failed').length;
  return (
    <div role="status">
      {isExpired && <div className={ui.banner}><span><Trans>You were signed out.</Trans></span><Link href="/sign-in"><Trans>Sign in</Trans></Link></div>}
      {!isOnline && (
        <div className={ui.banner}>
          <span>{unsent > 0 ? <Plural value={unsent} one="No connection. # change is waiting." other="No connection. # changes are waiting." /> : <Trans>No connection. You see what was there last.</Trans>}</span>
          {unsent > 0 && <Link href="/more/waiting"><Trans>Show</Trans></Link>}
        </div>
      )}
      {failed > 0 && (
        <div className={ui.banner}><span><Plural value={failed} one="# change was refused." other="# changes were refused." /></span><Link href="/more/waiting"><Trans>Look at it</Trans></Link></div>
      )}
      {update && <div className={ui.banner}><span><Trans>A new version of Quits is ready.</Trans></span><button type="button" onClick={update}><Trans>Reload</Trans></button></div>}
    </div>
  );
}
