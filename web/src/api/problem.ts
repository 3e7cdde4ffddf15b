/** What went wrong with a call, as the interface can show it. */

import type { ProblemDetails } from './types';

export interface FieldProblem {
  field: string;
  message: string;
}

/** An answer that is no success, or no answer at all (`status` 0). */
export class Problem extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    detail: string,
    readonly fields: readonly FieldProblem[] = [],
    readonly retryAfterS: number | null = null,
  ) {
    super(detail);
  }

  /** Whether trying again later may help, with nothing changed. */
  get isPassing(): boolean {
    return this.status === 0 || this.status === 408 || this.status === 429 || this.status >= 500;
  }

  /** What is wrong with one field, or null. */
  at(field: string): string | null {
    return this.fields.find((each) => each.field === field || each.field.startsWith(`${field}.`))?.message ?? null;
  }
}

/** The problem that a fetch without an answer stands for. */
export const unreachable = (): Problem => new Problem(0, 'unreachable', 'No connection.');

/** Read the problem out of an answer. */
export async function problemOf(response: Response): Promise<Problem> {
  const retryAfter = Number(response.headers.get('Retry-After'));
  let document: Partial<ProblemDetails> = {};
  try {
    document = (await response.json()) as Partial<ProblemDetails>;
  } catch {
    // A proxy's page, or nothing: the status says enough.
  }
  return new Problem(
    response.status,
    document.code ?? `status_${response.status}`,
    document.detail ?? document.title ?? response.statusText,
    document.errors ?? [],
    Number.isFinite(retryAfter) && retryAfter > 0 ? retryAfter : null,
  );
}
