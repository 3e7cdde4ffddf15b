/** Problems in the reader's language: by their stable code, else in the server's words. */

import { useLingui } from '@lingui/react/macro';
import type { Problem } from '@/api/problem';

export function useProblemText(): (problem: Pick<Problem, 'status' | 'code' | 'message' | 'fields'>) => string {
  const { t } = useLingui();
  return (problem) => {
    const known: Record<string, string> = {
      unreachable: t`The server cannot be reached. Check the connection, then try again.`,
      unavailable: t`A part of the system is away at the moment. Nothing was done; try again shortly.`,
      outcome_unknown: t`No answer came in time. It is tried again by itself.`,
      wrong_credentials: t`The address or the code is wrong.`,
      wrong_code: t`The code is wrong. A code works once and for 30 seconds.`,
      wrong_password: t`The current password is wrong.`,
      code_required: t`Give the code from your authenticator as well.`,
      password_required: t`Give your password as well.`,
      too_many_attempts: t`Too many wrong attempts. Wait a little, then try again.`,
      rate_limited: t`Too many attempts. Wait a little, then try again.`,
      registration_over: t`This registration was used or has expired. Sign in, or register again.`,
      link_revoked: t`This link was revoked. Ask for a new one.`,
      event_archived: t`This event is archived. Take it out of the archive to change it.`,
      event_has_expenses: t`The currency cannot change while the event has expenses.`,
      name_taken: t`Another member of this event has this name.`,
      member_has_expenses: t`This member has expenses and cannot be deleted, but can leave the event.`,
      member_claimed: t`This member belongs to somebody else, or you are another member of this event.`,
      last_admin: t`An event needs an admin. Make somebody else an admin first.`,
      stale_version: t`Somebody changed this in the meantime. Look at it again, then decide.`,
      role_too_low: t`Your role in this event does not allow this.`,
      two_factor_needs_password: t`Two factors take a password: set one first.`,
      not_found: t`There is nothing here that you can see.`,
      id_taken: t`This was recorded before, with other content.`,
    };
    const first = problem.fields[0]?.message;
    return known[problem.code] ?? (problem.code === 'invalid' && first ? first : problem.message) ?? t`Something went wrong.`;
  };
}
