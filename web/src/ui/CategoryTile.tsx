/** A category's sign: our own icons for the built-in ones, the event's emoji for its own. */

import {
  IconBed, IconBottle, IconBuildingBank, IconBulb, IconCarSuv, IconCash, IconArrowsExchange, IconFriends, IconGift, IconHeartbeat, IconHome,
  IconHorseToy, IconPackage, IconPaw, IconPlane, IconReceipt, IconShoppingBag, IconShoppingCart, IconShield, IconTicket,
  IconToolsKitchen2, IconTrain, IconWashMachine, type Icon,
} from '@tabler/icons-react';
import type { Category, Expense } from '@/api/types';
import styles from './ui.module.css';

const ICONS: Record<string, Icon> = {
  general: IconReceipt, food: IconToolsKitchen2, groceries: IconShoppingCart, drinks: IconBottle, lodging: IconBed, rent: IconHome,
  household: IconWashMachine, utilities: IconBulb, transport: IconTrain, car: IconCarSuv, flights: IconPlane, activities: IconTicket,
  shopping: IconShoppingBag, gifts: IconGift, health: IconHeartbeat, children: IconHorseToy, pets: IconPaw, insurance: IconShield,
  taxes: IconBuildingBank, other: IconPackage,
};

export function CategoryTile({ category, kind, categories }: { category: string | null; kind: Expense['kind']; categories: readonly Category[] }) {
  const known = categories.find((each) => each.key === category);
  const IconOf = kind === 'payment' ? IconArrowsExchange : kind === 'income' ? IconCash : ICONS[category ?? 'general'];
  const tint = kind === 'payment' || kind === 'income' ? '#12a37f' : (known?.color ?? '#64748b');
  return (
    <span className={styles.tile} style={{ '--tint': tint } as React.CSSProperties} aria-hidden>
      {IconOf ? <IconOf size={22} stroke={1.8} /> : (known?.emoji ?? <IconFriends size={22} />)}
    </span>
  );
}
