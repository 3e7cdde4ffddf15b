/** Reads of the gateway: one hook per thing, each with the waiting writes on top. */

import { keepPreviousData, useInfiniteQuery, useQuery, type UseQueryResult } from '@tanstack/react-query';
import { useMemo } from 'react';
import { answer, as } from '@/api/client';
import { Problem } from '@/api/problem';
import type { Balances, Category, Event, EventSummary, Expense, Settlement } from '@/api/types';
import { useWrites } from '@/outbox';
import { identityFor, useIdentity, useSession, type Identity } from '@/session/session';
import { queries } from './cache';
import { forEvent, newerThan, withBalanceWrites, withEventWrites, withExpenseWrites } from './overlay';
import { matches, NO_FILTER, type ExpenseFilter } from './filter';

const EVENTS = '/api/v1/events';
const EVENT = '/api/v1/events/{event_id}';
const PAGE = 100;

const atEvent = (event_id: string) => ({ path: { event_id } });

async function allMyEvents(identity: Identity): Promise<EventSummary[]> {
  const found: EventSummary[] = [];
  let cursor: string | undefined;
  do {
    const page = await answer(as(identity).GET(EVENTS, { params: { query: { limit: PAGE, ...(cursor ? { cursor } : {}) } } }));
    found.push(...page.items);
    cursor = page.next_cursor ?? undefined;
  } while (cursor);
  return found;
}

export type ListedEvent = EventSummary & { identity: Identity; isOver?: boolean; isWaiting?: boolean };

/** All events of the user and of this browser's links, newest first, archived ones included. */
export function useEvents(): { events: ListedEvent[]; isLoading: boolean; error: Error | null; refetch: () => void } {
  const now = useSession();
  const identity = identityFor(null, now);
  const mine = useQuery({
    queryKey: [identity, 'events'],
    queryFn: () => allMyEvents(identity),
    enabled: identity !== 'nobody' && !now.isExpired,
  });
  const guests = useGuestEvents(Object.keys(now.guests));
  const waiting = useWrites();
  const events = useMemo(() => {
    const own: ListedEvent[] = (mine.data ?? []).filter((event) => !now.guests[event.id]).map((event) => ({ ...event, identity }));
    const all = [...own, ...(guests.data ?? [])];
    return all
      .map((event) => ({ ...withEventWrites(event, forEvent(waiting, event.id)), isWaiting: forEvent(waiting, event.id).length > 0 }))
      .filter((event) => event.deleted_at === null)
      .sort((a, b) => (a.id < b.id ? 1 : -1));
  }, [mine.data, guests.data, waiting, identity, now.guests]);
  const isLoading = (mine.isLoading && identity !== 'nobody') || (guests.isLoading && Object.keys(now.guests).length > 0);
  return { events, isLoading, error: mine.error ?? null, refetch: () => { void mine.refetch(); void guests.refetch(); } };
}

function useGuestEvents(ids: string[]) {
  const queryKey = ['nobody', 'events', ...ids];
  return useQuery({
    queryKey,
    enabled: ids.length > 0,
    placeholderData: keepPreviousData,
    queryFn: async () => {
      const found = await Promise.allSettled(ids.map((id) => answer(as(`guest:${id}`).GET(EVENT, { params: atEvent(id) }))));
      const before = queries.getQueryData<ListedEvent[]>(queryKey);
      const reached = found.flatMap((each, i) => {
        const identity: Identity = `guest:${ids[i]!}`;
        // One that cannot be asked just now is shown as it was.
        const kept = queries.getQueryData<Event>([identity, 'event', ids[i], 'event']) ?? before?.find((event) => event.id === ids[i]);
        const isPassing = each.status === 'rejected' && each.reason instanceof Problem && each.reason.isPassing;
        const event = each.status === 'fulfilled' ? each.value : isPassing ? kept : undefined;
        return event ? [{ ...event, identity }] : [];
      });
      const passing = found.find((each) => each.status === 'rejected' && each.reason instanceof Problem && each.reason.isPassing);
      if (reached.length === 0 && passing?.status === 'rejected') throw passing.reason;
      return reached as ListedEvent[];
    },
  });
}

/** An event with its members. */
export function useEvent(eventId: string): UseQueryResult<Event> & { event: Event | undefined } {
  const identity = useIdentity(eventId);
  const query = useQuery({
    queryKey: [identity, 'event', eventId, 'event'],
    queryFn: () => answer(as(identity).GET(EVENT, { params: atEvent(eventId) })),
  });
  const waiting = useWrites();
  const event = useMemo(
    () => query.data && withEventWrites(query.data, newerThan(forEvent(waiting, eventId), query.dataUpdatedAt)),
    [query.data, query.dataUpdatedAt, waiting, eventId],
  );
  return { ...query, event };
}

export type ShownExpense = Expense & { waiting?: 'waiting' | 'failed'; problem?: string; writeId?: string };

/** The expenses of an event that pass a filter, newest first, page by page. */
export function useExpenses(eventId: string, filter: ExpenseFilter = NO_FILTER) {
  const identity = useIdentity(eventId);
  const { event } = useEvent(eventId);
  const all = usePages(identity, eventId, NO_FILTER, true);
  const isComplete = all.isSuccess && !all.hasNextPage;
  const isFiltered = Object.values(filter).some(Boolean);
  // With everything at hand the filter is instant, and works without a connection.
  const some = usePages(identity, eventId, filter, isFiltered && !isComplete);
  const source = isFiltered && !isComplete ? some : all;
  const waiting = useWrites();
  const expenses = useMemo(() => {
    const rows = (source.data?.pages ?? []).flatMap((page) => page.items);
    const shown = withExpenseWrites(rows, newerThan(forEvent(waiting, eventId), source.dataUpdatedAt));
    return isFiltered ? shown.filter((each) => matches(each, filter, event?.members ?? [])) : shown;
  }, [source.data, source.dataUpdatedAt, waiting, eventId, isFiltered, filter, event]);
  return { query: source, expenses, isComplete };
}

function usePages(identity: Identity, eventId: string, filter: ExpenseFilter, enabled: boolean) {
  const given = Object.fromEntries(Object.entries(filter).filter(([, value]) => value));
  return useInfiniteQuery({
    queryKey: [identity, 'event', eventId, 'expenses', given],
    enabled,
    placeholderData: keepPreviousData,
    initialPageParam: '',
    queryFn: ({ pageParam }) =>
      answer(
        as(identity).GET('/api/v1/events/{event_id}/expenses', {
          params: { ...atEvent(eventId), query: { ...given, limit: PAGE, ...(pageParam ? { cursor: pageParam } : {}) } },
        }),
      ),
    getNextPageParam: (page) => page.next_cursor,
  });
}

/** The balances of an event, the waiting writes counted in. */
export function useBalances(eventId: string): UseQueryResult<Balances> & { balances: Balances | undefined } {
  const identity = useIdentity(eventId);
  const query = useQuery({
    queryKey: [identity, 'event', eventId, 'balances'],
    queryFn: () => answer(as(identity).GET('/api/v1/events/{event_id}/balances', { params: atEvent(eventId) })),
  });
  const waiting = useWrites();
  const { event } = useEvent(eventId);
  const balances = useMemo(
    () => query.data && withBalanceWrites(query.data, newerThan(forEvent(waiting, eventId), query.dataUpdatedAt), event?.members ?? []),
    [query.data, query.dataUpdatedAt, waiting, eventId, event],
  );
  return { ...query, balances };
}

/** The lines behind a member's balance. */
export function useBalanceLines(eventId: string, memberId: string | null) {
  const identity = useIdentity(eventId);
  return useInfiniteQuery({
    queryKey: [identity, 'event', eventId, 'lines', memberId],
    enabled: memberId !== null,
    initialPageParam: '',
    queryFn: ({ pageParam }) =>
      answer(
        as(identity).GET('/api/v1/events/{event_id}/balances/{member_id}', {
          params: {
            path: { event_id: eventId, member_id: memberId ?? '' },
            query: { limit: PAGE, ...(pageParam ? { cursor: pageParam } : {}) },
          },
        }),
      ),
    getNextPageParam: (page) => page.next_cursor,
  });
}

/** The suggested transfers of an event. */
export function useSettlement(eventId: string): UseQueryResult<Settlement> {
  const identity = useIdentity(eventId);
  return useQuery({
    queryKey: [identity, 'event', eventId, 'settlement'],
    queryFn: () => answer(as(identity).GET('/api/v1/events/{event_id}/settlement', { params: atEvent(eventId) })),
  });
}

/** The categories that expenses of an event may have. */
export function useCategories(eventId: string): Category[] {
  const identity = useIdentity(eventId);
  const query = useQuery({
    queryKey: [identity, 'event', eventId, 'categories'],
    staleTime: 600_000,
    queryFn: () => answer(as(identity).GET('/api/v1/events/{event_id}/categories', { params: atEvent(eventId) })),
  });
  return query.data?.items ?? [];
}
