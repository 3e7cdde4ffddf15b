/** All currencies, the common ones first; the device's own picker. */

import { NativeSelect } from '@mantine/core';
import { useLingui } from '@lingui/react/macro';
import { useMemo } from 'react';
import { currencyChoices } from '@/money/currency';
import { useLocale } from '@/i18n/language';

interface Props {
  label: string;
  value: string;
  onChange: (code: string) => void;
  isLabelHidden?: boolean;
  disabled?: boolean;
  description?: string;
  isShort?: boolean;
}

export function CurrencySelect({ label, value, onChange, isLabelHidden, disabled, description, isShort }: Props) {
  const { t } = useLingui();
  const locale = useLocale();
  const { common, others } = useMemo(() => currencyChoices(locale), [locale]);
  const options = (choices: typeof common) => choices.map((each) => <option key={each.code} value={each.code}>{isShort && each.code === value ? each.code : each.label}</option>);
  return (
    <NativeSelect {...(isLabelHidden ? { 'aria-label': label } : { label })} value={value} disabled={disabled ?? false} description={description}
      onChange={(change) => onChange(change.target.value)}>
      <optgroup label={t`Common`}>{options(common)}</optgroup>
      <optgroup label={t`All`}>{options(others)}</optgroup>
    </NativeSelect>
  );
}
