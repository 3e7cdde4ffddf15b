/** One expense: from the list where it is loaded, else asked for by its id. */

import { useQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import { answer, as } from '@/api/client';
import { forEvent, newerThan, withExpenseWrites } from '@/data/overlay';
import { useExpenses, type ShownExpense } from '@/data/reads';
import { useWrites } from '@/outbox';
import { useIdentity } from '@/session/session';

export function useFoundExpense(eventId: string, expenseId: string): { expense: ShownExpense | undefined; isLoading: boolean } {
  const identity = useIdentity(eventId);
  const { expenses, query } = useExpenses(eventId);
  const listed = expenses.find((each) => each.id === expenseId);
  const waiting = useWrites();
  const asked = useQuery({
    queryKey: [identity, 'event', eventId, 'expense', expenseId],
    enabled: !query.isLoading && !listed,
    queryFn: () =>
      answer(as(identity).GET('/api/v1/events/{event_id}/expenses/{expense_id}', { params: { path: { event_id: eventId, expense_id: expenseId } } })),
  });
  const found = useMemo(
    () => (asked.data ? withExpenseWrites([asked.data], newerThan(forEvent(waiting, eventId), asked.dataUpdatedAt)) : []).find((each) => each.id === expenseId),
    [asked.data, asked.dataUpdatedAt, waiting, eventId, expenseId],
  );
  return { expense: listed ?? found, isLoading: query.isLoading || asked.isLoading };
}
