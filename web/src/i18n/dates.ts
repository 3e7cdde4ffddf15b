/** Dates as people read them. A calendar date is a text, `YYYY-MM-DD`, and has no time zone. */

const formats = new Map<string, Intl.DateTimeFormat>();

function format(locale: string, options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  const key = locale + JSON.stringify(options);
  let found = formats.get(key);
  if (!found) formats.set(key, (found = new Intl.DateTimeFormat(locale, options)));
  return found;
}

const noon = (day: string): Date => new Date(`${day}T12:00:00Z`);

/** Return today's date where the reader is. */
export function today(now: Date = new Date()): string {
  const [year, month, day] = [now.getFullYear(), now.getMonth() + 1, now.getDate()];
  return `${year}-${String(month).padStart(2, '0')}-${String(day).padStart(2, '0')}`;
}

/** `21 November 2026` */
export const longDate = (day: string, locale: string): string =>
  format(locale, { day: 'numeric', month: 'long', year: 'numeric', timeZone: 'UTC' }).format(noon(day));

/** `21 Nov` */
export const shortDate = (day: string, locale: string): string =>
  format(locale, { day: 'numeric', month: 'short', timeZone: 'UTC' }).format(noon(day));

/** `November 2026` */
export const monthName = (day: string, locale: string): string =>
  format(locale, { month: 'long', year: 'numeric', timeZone: 'UTC' }).format(noon(day));

/** `21 Nov 2026, 14:05` */
export const instant = (seconds: number, locale: string): string =>
  format(locale, { dateStyle: 'medium', timeStyle: 'short' }).format(new Date(seconds * 1000));
