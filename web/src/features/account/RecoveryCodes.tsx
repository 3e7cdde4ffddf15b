/** Recovery codes: shown once, to copy or to keep as a file. */

import { Button } from '@mantine/core';
import { Trans } from '@lingui/react/macro';
import { IconCopy, IconDownload } from '@tabler/icons-react';
import { useState } from 'react';
import ui from '@/ui/ui.module.css';
import styles from './account.module.css';

export function RecoveryCodes({ codes }: { codes: readonly string[] }) {
  const [isCopied, setCopied] = useState(false);
  const text = codes.join('\n');
  const copy = () => void navigator.clipboard?.writeText(text).then(() => setCopied(true));
  const file = `data:text/plain;charset=utf-8,${encodeURIComponent(`Quits\n\n${text}\n`)}`;
  return (
    <section className={`${ui.card} ${ui.padded}`}>
      <p><Trans>Should you lose your authenticator, each of these codes signs you in once. They are not shown again.</Trans></p>
      <ul className={styles.codes}>{codes.map((code) => <li key={code}>{code}</li>)}</ul>
      <div className={ui.actions}>
        <Button variant="default" leftSection={<IconCopy size={20} />} onClick={copy}>{isCopied ? <Trans>Copied</Trans> : <Trans>Copy</Trans>}</Button>
        <Button variant="default" component="a" href={file} download="quits-recovery-codes.txt" leftSection={<IconDownload size={20} />}><Trans>Save as a file</Trans></Button>
      </div>
    </section>
  );
}
