/** Light, dark, or like the device; remembered on this device. */

import { useMantineColorScheme, type MantineColorScheme } from '@mantine/core';

export type Theme = MantineColorScheme;
export const THEME_NAME = 'quits.theme';

export function useTheme(): [Theme, (theme: Theme) => void] {
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  return [colorScheme, setColorScheme];
}
