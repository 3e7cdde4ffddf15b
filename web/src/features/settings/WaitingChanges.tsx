/** The writes that the server does not have yet: what waits, and what it refused. */

import { Button } from '@mantine/core';
import { Trans, useLingui } from '@lingui/react/macro';
import { IconAlertTriangle, IconClock } from '@tabler/icons-react';
import { outbox, useWrites, type Write } from '@/outbox';
import { useSession } from '@/session/session';
import { Even } from '@/ui/illustrations';
import { useMoneyText } from '@/ui/Money';
import { EmptyState, Note, ScreenHeader } from '@/ui/parts';
import { useProblemText } from '@/ui/problemText';
import ui from '@/ui/ui.module.css';

export function WaitingChanges() {
  const { t } = useLingui();
  const waiting = useWrites().filter((write) => write.state !== 'done');
  const { isExpired } = useSession();
  return (
    <>
      <ScreenHeader title={t`Waiting changes`} back="/more" />
      <div className={ui.page}>
        {isExpired && waiting.length > 0 && <Note><Trans>You were signed out. Sign in, and they are sent.</Trans></Note>}
        {waiting.length === 0 ? (
          <EmptyState picture={<Even />} title={t`Nothing is waiting`}><Trans>Everything you wrote down has arrived.</Trans></EmptyState>
        ) : (
          <ul className={`${ui.card} ${ui.rows}`}>{waiting.map((write) => <WaitingRow key={write.id} write={write} />)}</ul>
        )}
        {waiting.some((write) => write.state === 'waiting') && <Button variant="default" onClick={() => void outbox.flush()}><Trans>Send now</Trans></Button>}
      </div>
    </>
  );
}

function WaitingRow({ write }: { write: Write }) {
  const problemText = useProblemText();
  const isFailed = write.state === 'failed';
  return (
    <li>
      <div className={ui.row}>
        {isFailed ? <IconAlertTriangle size={24} className="owe" aria-hidden /> : <IconClock size={24} aria-hidden />}
        <span className={ui.grow}>
          <span className={ui.title}>{useTitle(write)}</span>
          <span className={isFailed ? 'owe' : ui.sub}>{isFailed && write.problem ? problemText({ ...write.problem, message: write.problem.detail }) : <Trans>waits to be sent</Trans>}</span>
        </span>
      </div>
      <div className={ui.actions} style={{ padding: '0 16px 12px' }}>
        {isFailed && <Button size="sm" onClick={() => void outbox.retry(write.id)}><Trans>Try again</Trans></Button>}
        <Button size="sm" variant="default" onClick={() => void outbox.discard(write.id)}><Trans>Discard</Trans></Button>
      </div>
    </li>
  );
}

function useTitle({ change }: Write): string {
  const { t } = useLingui();
  const money = useMoneyText('expense' in change ? change.expense.currency : 'EUR');
  if ('event' in change) return t`Event “${change.event.name}” changed`;
  if ('member' in change) return t`Person “${change.member.name}”`;
  const amount = money(change.expense.amount);
  const what = change.expense.description || (change.expense.kind === 'payment' ? t`Payment` : t`Expense`);
  const names = { 'expense.record': t`${what}, ${amount}`, 'expense.edit': t`${what}, ${amount}: changed`, 'expense.delete': t`${what}, ${amount}: deleted`, 'expense.restore': t`${what}, ${amount}: brought back` };
  return names[change.kind];
}
