/** The built-in categories in the reader's language; an event's own keep the name they were given. */

import { useLingui } from '@lingui/react/macro';
import type { Category } from '@/api/types';

export function useCategoryName(): (category: Category) => string {
  const { t } = useLingui();
  const known: Record<string, string> = {
    general: t`General`, food: t`Eating out`, groceries: t`Groceries`, drinks: t`Drinks`, lodging: t`Lodging`, rent: t`Rent`, household: t`Household`,
    utilities: t`Utilities`, transport: t`Transport`, car: t`Car and fuel`, flights: t`Flights`, activities: t`Activities`, shopping: t`Shopping`,
    gifts: t`Gifts`, health: t`Health`, children: t`Children`, pets: t`Pets`, insurance: t`Insurance`, taxes: t`Taxes and fees`, other: t`Other`,
  };
  return (category) => known[category.key] ?? category.name;
}
