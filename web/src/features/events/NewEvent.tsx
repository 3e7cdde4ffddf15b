/** A new event: its name, its currency, and who takes part. */

import { ActionIcon, Button, TextInput } from '@mantine/core';
import { Trans, useLingui } from '@lingui/react/macro';
import { IconPlus, IconTrash } from '@tabler/icons-react';
import { useRef, useState } from 'react';
import { useLocation } from 'wouter';
import { answer, as } from '@/api/client';
import { Problem } from '@/api/problem';
import { queries } from '@/data/cache';
import { newId } from '@/data/ids';
import { identityFor, keepPass, useSession } from '@/session/session';
import { CurrencySelect } from '@/ui/CurrencySelect';
import { ProblemNote, ScreenHeader } from '@/ui/parts';
import ui from '@/ui/ui.module.css';
import { currencyOfRegion } from '@/money/region';
import styles from './events.module.css';

export function NewEvent() {
  const { t } = useLingui();
  const { user } = useSession();
  const [, navigate] = useLocation();
  const [name, setName] = useState('');
  const [currency, setCurrency] = useState(user?.currency ?? currencyOfRegion());
  const [myName, setMyName] = useState(user?.name ?? '');
  const [others, setOthers] = useState<string[]>(['', '']);
  const [error, setError] = useState<unknown>(null);
  const [isBusy, setBusy] = useState(false);
  // One id for all attempts: an answer that was lost makes no second event.
  const id = useRef(newId());
  const names = [myName, ...others].map((each) => each.trim()).filter(Boolean);
  const isRepeated = new Set(names.map((each) => each.toLocaleLowerCase())).size < names.length;

  async function create(submitted: React.FormEvent) {
    submitted.preventDefault();
    setBusy(true);
    setError(null);
    const members = others.map((each) => ({ name: each.trim() })).filter((each) => each.name);
    const body = { id: id.current, name: name.trim(), currency, members, ...(myName.trim() ? { my_name: myName.trim() } : {}) };
    try {
      const event = await answer(as(identityFor(null)).POST('/api/v1/events', { body }));
      if (event.link) {
        const me = event.members.find((member) => member.name === myName.trim());
        await keepPass(event.id, { link: event.link.token, role: event.link.role, memberId: me?.id ?? null });
      }
      await queries.invalidateQueries({ queryKey: [identityFor(null), 'events'] });
      navigate(`/events/${event.id}`, { replace: true });
    } catch (reason) {
      if (reason instanceof Problem && !reason.isPassing) id.current = newId();
      setError(reason);
      setBusy(false);
    }
  }

  return (
    <>
      <ScreenHeader title={t`New event`} back="/events" />
      <form className={ui.page} onSubmit={(submitted) => void create(submitted)}>
        <section className={`${ui.card} ${ui.padded}`}>
          <TextInput label={t`Name`} placeholder={t`Weekend in Lisbon`} required maxLength={100} value={name} autoFocus
            onChange={(change) => setName(change.target.value)} error={error instanceof Problem ? error.at('name') : null} />
          <CurrencySelect label={t`Currency`} value={currency} onChange={setCurrency} />
        </section>
        <section className={`${ui.card} ${ui.padded}`}>
          <h2><Trans>Who takes part</Trans></h2>
          <TextInput label={t`Your name in this event`} required={!user} maxLength={100} value={myName} autoComplete="given-name"
            onChange={(change) => setMyName(change.target.value)} />
          <div className={styles.people}>
            {others.map((each, i) => (
              <div className={styles.person} key={i}>
                <TextInput aria-label={t`Name of person ${i + 2}`} placeholder={t`Another person`} maxLength={100} value={each} autoComplete="off"
                  onChange={(change) => setOthers(others.map((other, k) => (k === i ? change.target.value : other)))}
                  onKeyDown={(key) => {
                    if (key.key === 'Enter' && each.trim()) { key.preventDefault(); setOthers([...others, '']); }
                  }} />
                <ActionIcon aria-label={t`Remove person ${i + 2}`} onClick={() => setOthers(others.filter((_, k) => k !== i))}><IconTrash size={20} /></ActionIcon>
              </div>
            ))}
            <Button variant="subtle" color="ink" leftSection={<IconPlus size={18} />} onClick={() => setOthers([...others, ''])}><Trans>Another person</Trans></Button>
          </div>
          <p className={ui.sub}><Trans>Nobody needs an account. You can add people later, and invite them by a link.</Trans></p>
        </section>
        <ProblemNote error={error} />
        {isRepeated && <p className={ui.error} role="alert"><Trans>Each name can be there only once.</Trans></p>}
        <Button type="submit" loading={isBusy} disabled={!name.trim() || isRepeated || (!user && !myName.trim())}><Trans>Make the event</Trans></Button>
      </form>
    </>
  );
}
