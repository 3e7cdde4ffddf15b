/** Drawings for empty screens: paper, ink and the sun of the mark. Decorative; the text beside them says it all. */

const stroke = { fill: 'none', stroke: 'var(--ink)', strokeWidth: 3, strokeLinecap: 'round', strokeLinejoin: 'round' } as const;

export function TableForThree() {
  return (
    <svg viewBox="0 0 240 170" aria-hidden>
      <circle cx="120" cy="84" r="74" fill="var(--sun)" opacity=".28" />
      <ellipse cx="120" cy="112" rx="86" ry="26" {...stroke} style={{ fill: 'var(--card)' }} />
      <path d="M56 128v24M184 128v24" {...stroke} />
      <circle cx="76" cy="60" r="17" style={{ fill: 'var(--owed-soft)' }} {...stroke} />
      <circle cx="164" cy="60" r="17" style={{ fill: 'var(--owe-soft)' }} {...stroke} />
      <circle cx="120" cy="42" r="18" style={{ fill: 'var(--sun)' }} {...stroke} />
      <path d="M52 94c4-13 14-18 24-18s17 4 21 11M188 94c-4-13-14-18-24-18s-17 4-21 11M94 86c4-17 14-23 26-23s22 6 26 23" {...stroke} />
      <path d="M100 108h40M100 118h40" {...stroke} strokeWidth={5} />
    </svg>
  );
}

export function Receipt() {
  return (
    <svg viewBox="0 0 240 170" aria-hidden>
      <circle cx="128" cy="84" r="70" fill="var(--sun)" opacity=".28" />
      <path d="M78 22h84v126l-14-10-14 10-14-10-14 10-14-10-14 10z" style={{ fill: 'var(--card)' }} {...stroke} />
      <path d="M96 50h32M96 68h48M96 86h40" {...stroke} />
      <path d="M134 50h10M130 108h16" {...stroke} strokeWidth={5} stroke="var(--owe)" />
      <circle cx="182" cy="112" r="25" style={{ fill: 'var(--sun)' }} {...stroke} />
      <path d="M182 101v22M171 112h22" {...stroke} strokeWidth={4} />
    </svg>
  );
}

export function Even() {
  return (
    <svg viewBox="0 0 240 170" aria-hidden>
      <circle cx="120" cy="84" r="74" fill="var(--owed-soft)" />
      <path d="M120 34v104M88 142h64M54 56h132" {...stroke} />
      <circle cx="120" cy="32" r="9" style={{ fill: 'var(--sun)' }} {...stroke} />
      <path d="M54 56 34 100h40zM186 56l-20 44h40z" style={{ fill: 'var(--card)' }} {...stroke} />
      <path d="M34 100a20 14 0 0 0 40 0M166 100a20 14 0 0 0 40 0" style={{ fill: 'var(--sun)' }} {...stroke} />
    </svg>
  );
}

export function BrokenLink() {
  return (
    <svg viewBox="0 0 240 170" aria-hidden>
      <circle cx="120" cy="84" r="70" fill="var(--owe-soft)" />
      <path d="M104 62 90 48a26 26 0 0 0-37 37l20 20a26 26 0 0 0 30 5M136 108l14 14a26 26 0 0 0 37-37l-20-20a26 26 0 0 0-30-5" {...stroke} strokeWidth={7} />
      <path d="m122 52 6-16M144 60l16-8M96 112l-16 8M118 120l-6 16" {...stroke} stroke="var(--owe)" />
    </svg>
  );
}

export function Magnifier() {
  return (
    <svg viewBox="0 0 240 170" aria-hidden>
      <circle cx="120" cy="84" r="70" fill="var(--sun)" opacity=".24" />
      <circle cx="110" cy="76" r="38" style={{ fill: 'var(--card)' }} {...stroke} strokeWidth={5} />
      <path d="m138 104 34 34" {...stroke} strokeWidth={9} />
      <path d="M94 70h32M94 84h20" {...stroke} />
    </svg>
  );
}

/** The mark: a Q whose tail is an equals sign. */
export function Mark({ size = 36 }: { size?: number }) {
  return (
    <svg viewBox="0 0 64 64" width={size} height={size} aria-hidden>
      <rect width="64" height="64" rx="17" fill="#14304a" />
      <path d="M44.6 37.4A17 17 0 1 0 36.5 45" fill="none" stroke="#ffc738" strokeWidth="7" strokeLinecap="round" />
      <path d="M39 43.5h14M39 53h14" stroke="#fff" strokeWidth="6" strokeLinecap="round" />
    </svg>
  );
}
