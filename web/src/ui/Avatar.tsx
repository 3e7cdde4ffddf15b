/** A person as a round sign: initials on a colour that stays theirs. */

import styles from './ui.module.css';

const HUES = [28, 62, 105, 148, 185, 225, 262, 300, 335, 4];

function hueOf(id: string): number {
  let sum = 0;
  for (const character of id.slice(-12)) sum = (sum * 31 + character.charCodeAt(0)) >>> 0;
  return HUES[sum % HUES.length] ?? 28;
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
