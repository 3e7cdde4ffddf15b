/** Who did what in an event, newest first. */

import { Button } from '@mantine/core';
import { Trans, useLingui } from '@lingui/react/macro';
import { useInfiniteQuery } from '@tanstack/react-query';
import { answer, as } from '@/api/client';
import type { Activity, Event } from '@/api/types';
import { instant } from '@/i18n/dates';
import { useLocale } from '@/i18n/language';
import { useIdentity } from '@/session/session';
import { Avatar } from '@/ui/Avatar';
import { Receipt } from '@/ui/illustrations';
import { EmptyState, ProblemNote, RowSkeletons } from '@/ui/parts';
import ui from '@/ui/ui.module.css';

const PAGE = 50;

export function ActivityTab({ event }: { event: Event }) {
  const { t } = useLingui();
  const locale = useLocale();
  const identity = useIdentity(event.id);
  const query = useInfiniteQuery({
    queryKey: [identity, 'event', event.id, 'activity'],
    initialPageParam: '',
    queryFn: ({ pageParam }) =>
      answer(as(identity).GET('/api/v1/events/{event_id}/activity', { params: { path: { event_id: event.id }, query: { limit: PAGE, ...(pageParam ? { cursor: pageParam } : {}) } } })),
    getNextPageParam: (page) => page.next_cursor,
  });
  const sentence = useSentence();
  const entries = (query.data?.pages ?? []).flatMap((page) => page.items);
  if (query.isLoading) return <div className={ui.card}><RowSkeletons /></div>;
  if (query.error && entries.length === 0) return <ProblemNote error={query.error} />;
  if (entries.length === 0) return <EmptyState picture={<Receipt />} title={t`Nothing happened yet`} />;
  return (
    <>
      <ul className={`${ui.card} ${ui.rows}`}>
        {entries.map((entry) => {
          const who = entry.actor.name || t`Somebody`;
          return (
            <li key={entry.id} className={ui.row}>
              <Avatar id={entry.actor.member_id ?? who} name={who} size={36} />
              <span className={ui.grow}>
                <span><b>{who}</b> {sentence(entry)}</span>
                <span className={ui.sub}>{instant(entry.happened_at, locale)}</span>
              </span>
            </li>
          );
        })}
      </ul>
      {query.hasNextPage && <Button variant="default" loading={query.isFetchingNextPage} onClick={() => void query.fetchNextPage()}><Trans>Show more</Trans></Button>}
    </>
  );
}

/** What an entry is about: the text that its thing had last. */
function nameOf(entry: Activity): string {
  const state = entry.after ?? entry.before ?? {};
  const name = [state['description'], state['name'], state['text']].find((text) => typeof text === 'string' && text !== '');
  return typeof name === 'string' ? `“${name}”` : '';
}

function useSentence(): (entry: Activity) => string {
  const { t } = useLingui();
  return (entry) => {
    const name = nameOf(entry);
    const known: Record<string, string> = {
      'expense recorded': t`wrote down an expense ${name}`, 'expense edited': t`changed the expense ${name}`, 'expense deleted': t`deleted the expense ${name}`,
      'expense restored': t`brought the expense ${name} back`, 'member joined': t`added ${name}`, 'member edited': t`changed ${name}`, 'member removed': t`removed ${name}`,
      'member claimed': t`is ${name} from now on`, 'event created': t`made the event`, 'event edited': t`changed the event`, 'event restored': t`brought the event back`,
      'comment added': t`commented: ${name}`, 'comment deleted': t`deleted a comment`,
    };
    const isLink = entry.subject === 'link';
    return (known[`${entry.subject} ${entry.action}`] ?? (isLink ? t`changed a link` : t`changed something`)).trim();
  };
}
