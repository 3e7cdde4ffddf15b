/** The app around its screens: theme, language, reads, routes. */

import { localStorageColorSchemeManager, MantineProvider } from '@mantine/core';
import { i18n } from '@lingui/core';
import { I18nProvider } from '@lingui/react';
import { QueryClientProvider } from '@tanstack/react-query';
import { queries } from '@/data/cache';
import { theme } from '@/ui/theme';
import { THEME_NAME } from '@/ui/useTheme';
import { Broken } from './Broken';
import { Routes } from './Routes';
import { Shell } from './Shell';

const colorScheme = localStorageColorSchemeManager({ key: THEME_NAME });

export function App() {
  return (
    <I18nProvider i18n={i18n}>
      <MantineProvider theme={theme} colorSchemeManager={colorScheme} defaultColorScheme="auto">
        <QueryClientProvider client={queries}>
          <Shell><Broken><Routes /></Broken></Shell>
        </QueryClientProvider>
      </MantineProvider>
    </I18nProvider>
  );
}
