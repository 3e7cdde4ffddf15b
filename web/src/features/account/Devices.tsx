/** Where I am signed in. */

import { Button } from '@mantine/core';
import { Trans, useLingui } from '@lingui/react/macro';
import { IconDeviceLaptop, IconDeviceMobile } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { answer, as } from '@/api/client';
import type { Device } from '@/api/types';
import { instant } from '@/i18n/dates';
import { useLocale } from '@/i18n/language';
import { useIdentity } from '@/session/session';
import { ProblemNote, RowSkeletons, ScreenHeader } from '@/ui/parts';
import ui from '@/ui/ui.module.css';

export function Devices() {
  const { t } = useLingui();
  const locale = useLocale();
  const identity = useIdentity(null);
  const [error, setError] = useState<unknown>(null);
  const query = useQuery({ queryKey: [identity, 'devices'], queryFn: () => answer(as(identity).GET('/api/v1/auth/sessions', { params: { query: { limit: 100 } } })) });
  async function end(device: Device) {
    setError(null);
    try {
      await answer(as(identity).DELETE('/api/v1/auth/sessions/{session_id}', { params: { path: { session_id: device.id } } }));
      await query.refetch();
    } catch (reason) {
      setError(reason);
    }
  }
  return (
    <>
      <ScreenHeader title={t`Devices`} back="/more" />
      <div className={ui.page}>
        <ProblemNote error={error ?? query.error} />
        {query.isLoading && <RowSkeletons count={2} />}
        <ul className={`${ui.card} ${ui.rows}`}>
          {(query.data?.items ?? []).map((device) => (
            <li key={device.id} className={ui.row}>
              {/Mobile|Android|iPhone/.test(device.device) ? <IconDeviceMobile size={28} aria-hidden /> : <IconDeviceLaptop size={28} aria-hidden />}
              <span className={ui.grow}>
                <span className={ui.title}>{nameOf(device.device)}</span>
                <span className={ui.sub}>{device.current ? <Trans>this device</Trans> : <Trans>last used {instant(device.last_used_at, locale)}</Trans>}</span>
              </span>
              {!device.current && <Button variant="default" size="sm" onClick={() => void end(device)}><Trans>Sign out</Trans></Button>}
            </li>
          ))}
        </ul>
      </div>
    </>
  );
}

/** `Firefox · Windows`, out of what a browser says of itself. */
function nameOf(agent: string): string {
  const browser = /(Edg|OPR|Firefox|Chrome|Safari)\//.exec(agent)?.[1];
  const system = /(Android|iPhone|iPad|Windows|Mac OS X|Linux)/.exec(agent)?.[1];
  const names: Record<string, string> = { Edg: 'Edge', OPR: 'Opera', 'Mac OS X': 'macOS' };
  const parts = [browser, system].filter((part): part is string => part !== undefined).map((part) => names[part] ?? part);
  return parts.length > 0 ? parts.join(' · ') : agent.slice(0, 60) || '–';
}
