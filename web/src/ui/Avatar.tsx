/** A person as a round sign: initials on a colour that stays theirs. */

import styles from './ui.module.css';


const STEPS = 15;
const GOLDEN_ANGLE = 137.5;
const places = new Map<string, number>();

/** Give the people of an event colours that differ: each one's follows from the place among them. */
export function placeColours(ids: readonly string[]): void {
  [...ids].sort().forEach((id, place) => places.set(id, place));
}

function hueOf(id: string): number {
  const place = places.get(id);
  if (place !== undefined) return (35 + place * GOLDEN_ANGLE) % 360;
  let sum = 0x811c9dc5;
  for (const character of id) sum = Math.imul(sum ^ character.charCodeAt(0), 0x01000193);
  sum = Math.imul(sum ^ (sum >>> 15), 0x85ebca6b);
  return (((sum ^ (sum >>> 13)) >>> 0) % STEPS) * (360 / STEPS);
}

export function initials(name: string): string {
  const words = name.trim().split(/\s+/);
  const letters = words.length > 1 ? [words[0], words.at(-1)] : [words[0]];
  return letters.map((word) => [...(word ?? '?')][0]?.toLocaleUpperCase() ?? '').join('');
}

export function Avatar({ id, name, size = 40 }: { id: string; name: string; size?: number }) {
  const hue = hueOf(id);
  const style = {
    '--size': `${size}px`,
    '--back': `light-dark(oklch(0.88 0.075 ${hue}), oklch(0.40 0.085 ${hue}))`,
    '--front': `light-dark(oklch(0.33 0.09 ${hue}), oklch(0.94 0.04 ${hue}))`,
  } as React.CSSProperties;
  return <span className={styles.avatar} style={style} aria-hidden>{initials(name)}</span>;
}
