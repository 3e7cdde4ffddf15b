/** The very first screen: what Quits is, and three ways to begin. */

import { Button } from '@mantine/core';
import { Trans } from '@lingui/react/macro';
import { IconCheck } from '@tabler/icons-react';
import { Link } from 'wouter';
import { Mark, TableForThree } from '@/ui/illustrations';
import { usePageTitle } from '@/ui/parts';
import styles from './app.module.css';

export function Welcome() {
  usePageTitle('');
  return (
    <div className={styles.welcome}>
      <div className={styles.brand}><Mark size={52} /><span>Quits</span></div>
      <div className={styles.picture}><TableForThree /></div>
      <h1><Trans>Share expenses. Be quits.</Trans></h1>
      <ul className={styles.points}>
        <li><IconCheck aria-hidden /><span><Trans>Write down who paid; everybody sees what they owe.</Trans></span></li>
        <li><IconCheck aria-hidden /><span><Trans>Friends join by a link. Nobody needs an account.</Trans></span></li>
        <li><IconCheck aria-hidden /><span><Trans>Works without a connection, to the cent.</Trans></span></li>
      </ul>
      <div className={styles.begin}>
        <Button component={Link} href="/events/new" size="lg"><Trans>Start an event</Trans></Button>
        <Button component={Link} href="/register" size="lg" variant="default"><Trans>Make an account</Trans></Button>
        <Link href="/sign-in" className="textlink" style={{ justifySelf: 'center' }}><Trans>I have an account</Trans></Link>
      </div>
    </div>
  );
}
