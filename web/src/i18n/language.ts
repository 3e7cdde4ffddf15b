/** The language of the interface, and the locale in which amounts and dates are written. */

import { i18n, type Messages } from '@lingui/core';
import { makeStore, useStore } from '@/data/store';

/** A further language is one more catalogue and one more line here. */
export const LANGUAGES = { en: 'English', de: 'Deutsch' } as const;
export type Language = keyof typeof LANGUAGES;

const catalogs: Record<Language, () => Promise<{ messages: Messages }>> = {
  en: () => import('../locales/en.mjs'),
  de: () => import('../locales/de.mjs'),
};
const NAME = 'quits.language';

function isLanguage(text: string | null | undefined): text is Language {
  return text != null && text in LANGUAGES;
}

/** Return the language chosen on this device, or the first of the browser's that we speak. */
export function preferredLanguage(): Language {
  const chosen = localStorage.getItem(NAME);
  if (isLanguage(chosen)) return chosen;
  return navigator.languages.map((tag) => tag.split('-')[0]).find(isLanguage) ?? 'en';
}

const locale = makeStore('en');
/** The BCP 47 tag for `Intl`: the browser's regional one where it is of the chosen language. */
export const useLocale = (): string => useStore(locale);
export const currentLocale = (): string => locale.get();

/** Switch to a language; `isChosen` remembers it on this device. */
export async function speak(language: Language, isChosen = false): Promise<void> {
  const { messages } = await catalogs[language]();
  if (isChosen) localStorage.setItem(NAME, language);
  i18n.loadAndActivate({ locale: language, messages });
  locale.set(navigator.languages.find((tag) => tag.startsWith(language)) ?? language);
  document.documentElement.lang = language;
}
