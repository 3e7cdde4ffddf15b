/** A payment of any amount between any two. */

import { Button, NativeSelect, TextInput } from '@mantine/core';
import { Trans, useLingui } from '@lingui/react/macro';
import { useState } from 'react';
import type { Event, Transfer } from '@/api/types';
import { today } from '@/i18n/dates';
import { useLocale } from '@/i18n/language';
import { inputText, parseAmount } from '@/money/format';

interface Props {
  event: Event;
  suggestions: readonly Transfer[];
  onPay: (transfer: Transfer, date: string, note: string) => Promise<void>;
}

export function PaymentForm({ event, suggestions, onPay }: Props) {
  const { t } = useLingui();
  const locale = useLocale();
  const first = suggestions.find((each) => each.from_member_id === event.my_member_id) ?? suggestions[0];
  const ids = event.members.map((member) => member.id);
  const [from, setFrom] = useState(first?.from_member_id ?? event.my_member_id ?? ids[0] ?? '');
  const [to, setTo] = useState(first?.to_member_id ?? ids.find((id) => id !== from) ?? '');
  const [amount, setAmount] = useState(inputText(first?.amount ?? null, event.currency, locale));
  const [date, setDate] = useState(today());
  const [note, setNote] = useState('');
  const parsed = parseAmount(amount, event.currency);
  const isGood = 'amount' in parsed && parsed.amount > 0;
  const people = event.members.map((member) => ({ value: member.id, label: member.name }));
  async function submit(submitted: React.FormEvent) {
    submitted.preventDefault();
    if (isGood && from !== to) await onPay({ from_member_id: from, to_member_id: to, amount: parsed.amount }, date, note);
  }
  return (
    <form onSubmit={(submitted) => void submit(submitted)} style={{ display: 'grid', gap: 14 }}>
      <NativeSelect label={t`From`} data={people} value={from} onChange={(chosen) => setFrom(chosen.target.value)} />
      <NativeSelect label={t`To`} data={people} value={to} onChange={(chosen) => setTo(chosen.target.value)} error={from === to ? t`Two different people.` : null} />
      <TextInput label={t`Amount in ${event.currency}`} inputMode="decimal" autoComplete="off" value={amount} onChange={(typed) => setAmount(typed.target.value)}
        error={amount.trim() !== '' && !isGood ? t`Not an amount.` : null} />
      <TextInput type="date" label={t`Date`} value={date} onChange={(typed) => setDate(typed.target.value)} />
      <TextInput label={t`Note`} maxLength={500} value={note} onChange={(typed) => setNote(typed.target.value)} />
      <Button type="submit" disabled={!isGood || from === to || !date}><Trans>Record the payment</Trans></Button>
    </form>
  );
}
