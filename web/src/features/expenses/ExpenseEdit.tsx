/** The editor for an expense that is there already. */

import type { Event } from '@/api/types';
import { RowSkeletons } from '@/ui/parts';
import { ExpenseEditor } from './ExpenseEditor';
import { useFoundExpense } from './useFoundExpense';

export function ExpenseEdit({ event, expenseId }: { event: Event; expenseId: string }) {
  const { expense } = useFoundExpense(event.id, expenseId);
  return expense ? <ExpenseEditor event={event} expense={expense} /> : <RowSkeletons />;
}
