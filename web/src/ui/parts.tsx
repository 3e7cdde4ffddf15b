/** Small parts that screens are made of. */

import { Modal } from '@mantine/core';
import { useMediaQuery } from '@mantine/hooks';
import { useLingui } from '@lingui/react/macro';
import { IconAlertTriangle, IconArrowLeft, IconCircleCheck, IconInfoCircle } from '@tabler/icons-react';
import { useEffect, useId, useRef, type ReactNode } from 'react';
import { Link } from 'wouter';
import { Problem } from '@/api/problem';
import { useProblemText } from './problemText';
import styles from './ui.module.css';

/** The head of a screen: its title, the way back, and what can be done here. Names the page as well. */
export function ScreenHeader({ title, back, children }: { title: string; back?: string; children?: ReactNode }) {
  const { t } = useLingui();
  usePageTitle(title);
  return (
    <header className={styles.header} data-back={back ? '' : undefined}>
      {back && (
        <Link href={back} aria-label={t`Back`} className="iconlink">
          <IconArrowLeft size={24} />
        </Link>
      )}
      <h1 tabIndex={-1}>{title}</h1>
      {children}
    </header>
  );
}

/** Name the page in the browser. */
export function usePageTitle(title: string): void {
  useEffect(() => {
    document.title = title ? `${title} · Quits` : 'Quits';
  }, [title]);
}

export function EmptyState({ picture, title, children, action }: { picture: ReactNode; title: string; children?: ReactNode; action?: ReactNode }) {
  return (
    <div className={styles.empty}>
      {picture}
      <h2>{title}</h2>
      {children && <p>{children}</p>}
      {action}
    </div>
  );
}

export function Note({ kind = 'info', children }: { kind?: 'info' | 'problem' | 'good'; children: ReactNode }) {
  const IconOf = kind === 'problem' ? IconAlertTriangle : kind === 'good' ? IconCircleCheck : IconInfoCircle;
  return (
    <div className={styles.note} data-kind={kind} role={kind === 'problem' ? 'alert' : 'note'}>
      <IconOf size={20} aria-hidden />
      <div>{children}</div>
    </div>
  );
}

/** What went wrong, in the reader's language. */
export function ProblemNote({ error }: { error: unknown }) {
  const text = useProblemText();
  if (!error) return null;
  return <Note kind="problem">{text(error instanceof Problem ? error : new Problem(0, 'unknown', String(error)))}</Note>;
}

/** A dialog: from below on a phone, in the middle of a desktop. */
export function Sheet({ opened, onClose, title, children }: { opened: boolean; onClose: () => void; title: string; children: ReactNode }) {
  const { t } = useLingui();
  const isWide = useMediaQuery('(min-width: 48em)') ?? true;
  return (
    <Modal.Root opened={opened} onClose={onClose} centered={isWide} size={isWide ? 480 : '100%'} {...(isWide ? {} : { yOffset: 0, xOffset: 0 })}>
      <Modal.Overlay backgroundOpacity={0.45} />
      <Modal.Content className={isWide ? undefined : 'bottomsheet'} radius={isWide ? 24 : 0} aria-label={title}>
        <Modal.Header>
          <Modal.Title><span className="sheettitle">{title}</span></Modal.Title>
          <Modal.CloseButton aria-label={t`Close`} size={44} />
        </Modal.Header>
        <Modal.Body><div className={styles.sheetBody}>{children}</div></Modal.Body>
      </Modal.Content>
    </Modal.Root>
  );
}

export interface Option<Value extends string> {
  value: Value;
  label: ReactNode;
}

/** One of a few, all visible. */
export function Choice<Value extends string>(props: {
  label: string;
  value: Value;
  options: readonly Option<Value>[];
  onChange: (value: Value) => void;
  isLabelHidden?: boolean;
}) {
  const name = useId();
  return (
    <fieldset className={styles.fieldset}>
      <legend className={props.isLabelHidden ? 'hidden' : styles.legend}>{props.label}</legend>
      <div className={styles.choices}>
        {props.options.map((option) => (
          <label key={option.value} className={styles.choice}>
            <input type="radio" name={name} checked={option.value === props.value} onChange={() => props.onChange(option.value)} />
            <span>{option.label}</span>
          </label>
        ))}
      </div>
    </fieldset>
  );
}

/** Six digits from an authenticator: paste and autofill work, the last digit sends. */
export function CodeInput(props: { label: string; value: string; onChange: (code: string) => void; onFull?: (code: string) => void; error?: string | null; autoFocus?: boolean }) {
  const id = useId();
  const input = useRef<HTMLInputElement>(null);
  useEffect(() => {
    if (props.autoFocus) input.current?.focus();
  }, [props.autoFocus]);
  return (
    <div className={styles.code}>
      <label htmlFor={id} className={styles.legend}>{props.label}</label>
      <input
        id={id}
        ref={input}
        inputMode="numeric"
        autoComplete="one-time-code"
        pattern="[0-9]*"
        placeholder="••••••"
        maxLength={11}
        value={props.value}
        aria-invalid={props.error ? true : undefined}
        aria-describedby={props.error ? `${id}-error` : undefined}
        onChange={(event) => {
          const code = event.target.value.replace(/\D/g, '').slice(0, 6);
          props.onChange(code);
          if (code.length === 6 && code !== props.value) props.onFull?.(code);
        }}
      />
      {props.error && <span id={`${id}-error`} className={styles.error} role="alert">{props.error}</span>}
    </div>
  );
}

/** Lines where a list will be. */
export function RowSkeletons({ count = 5 }: { count?: number }) {
  const { t } = useLingui();
  return (
    <div role="status" aria-label={t`Loading`}>
      {Array.from({ length: count }, (_, i) => (
        <div key={i} className={styles.row}>
          <div className={styles.skeleton} style={{ width: 44, height: 44, borderRadius: 14 }} />
          <div className={styles.grow}>
            <div className={styles.skeleton} style={{ width: `${60 - (i % 3) * 12}%`, height: 16, marginBottom: 6 }} />
            <div className={styles.skeleton} style={{ width: '35%', height: 13 }} />
          </div>
          <div className={styles.skeleton} style={{ width: 64, height: 18 }} />
        </div>
      ))}
    </div>
  );
}
