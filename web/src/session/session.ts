/**
 * Who this browser is: at most one user, and a guest of any number of events.
 *
 * The user's refresh token is in a cookie that no script can read; access tokens live in memory only. What is kept in
 * IndexedDB is the profile (to start without a connection) and the secret links that this browser came by.
 */

import { forget, keep, recall } from '@/data/database';
import { alone } from '@/data/alone';
import { makeStore, useStore } from '@/data/store';
import type { GuestTokens, Role, Tokens, User } from '@/api/types';
import { Problem, problemOf, unreachable } from '@/api/problem';

/** Who a call is made as: the user, the guest of an event, or nobody. */
export type Identity = `user:${string}` | `guest:${string}` | 'nobody';

export interface GuestPass {
  link: string;
  role: Role;
  memberId: string | null;
  /** The link was revoked, or the event deleted. */
  isOver?: boolean;
}

export interface Session {
  isReady: boolean;
  user: User | null;
  /** The user's session has ended; signing in again goes on. */
  isExpired: boolean;
  guests: Readonly<Record<string, GuestPass>>;
}

const NAME = 'session';
export const session = makeStore<Session>({ isReady: false, user: null, isExpired: false, guests: {} });
export const useSession = (): Session => useStore(session);
const channel = 'BroadcastChannel' in globalThis ? new BroadcastChannel('quits-session') : null;

/** Read what this browser knows; call once, before anything is shown. */
export async function loadSession(): Promise<void> {
  const known = await recall<Session>(NAME).catch(() => undefined);
  session.set({ ...session.get(), ...known, isReady: true });
}

if (channel) channel.onmessage = () => { tokens.clear(); void loadSession(); };

async function change(changes: Partial<Session>): Promise<void> {
  session.set({ ...session.get(), ...changes });
  const { user, isExpired, guests } = session.get();
  await keep(NAME, { user, isExpired, guests });
  channel?.postMessage('changed');
}

interface Token {
  text: string;
  expiresAt: number;
}

const tokens = new Map<Identity, Token>();
const pending = new Map<Identity, Promise<string>>();
const EARLY_MS = 30_000;

/** Return the identity for an event: its guest when this browser came by a link, else the user. */
export function identityFor(eventId: string | null, now: Session = session.get()): Identity {
  if (eventId !== null && now.guests[eventId]) return `guest:${eventId}`;
  return now.user ? `user:${now.user.id}` : 'nobody';
}

export const useIdentity = (eventId: string | null): Identity => identityFor(eventId, useSession());

/** Return an access token; raises Problem 401 when the identity has ended, 0 when nothing can be reached. */
export async function accessToken(identity: Identity): Promise<string> {
  const known = tokens.get(identity);
  if (known && known.expiresAt - EARLY_MS > Date.now()) return known.text;
  let fetching = pending.get(identity);
  if (!fetching) {
    fetching = renew(identity).finally(() => pending.delete(identity));
    pending.set(identity, fetching);
  }
  return fetching;
}

/** Forget an access token that was refused. */
export function dropToken(identity: Identity, text: string): void {
  if (tokens.get(identity)?.text === text) tokens.delete(identity);
}

function renew(identity: Identity): Promise<string> {
  if (identity.startsWith('guest:')) return renewGuest(identity, identity.slice('guest:'.length));
  // One tab at a time: the refresh token changes with every use.
  return alone('quits-refresh', () => renewUser(identity));
}

async function renewUser(identity: Identity): Promise<string> {
  const now = session.get();
  if (!now.user || now.isExpired || identity !== `user:${now.user.id}`) throw new Problem(401, 'unauthenticated', 'Sign in first.');
  const response = await post('/api/v1/auth/refresh', {});
  if (response.ok) return remember(identity, (await response.json()) as Tokens);
  const problem = await problemOf(response);
  if (response.status === 401 || response.status === 403) await change({ isExpired: true });
  throw problem;
}

async function renewGuest(identity: Identity, eventId: string): Promise<string> {
  const pass = session.get().guests[eventId];
  if (!pass || pass.isOver) throw new Problem(410, 'link_revoked', 'This link was revoked.');
  const response = await post('/api/v1/auth/guest', { link: pass.link, ...(pass.memberId ? { member_id: pass.memberId } : {}) });
  if (response.ok) {
    const opened = (await response.json()) as GuestTokens;
    if (opened.role !== pass.role) await keepPass(eventId, { ...pass, role: opened.role as Role });
    return remember(identity, opened);
  }
  const problem = await problemOf(response);
  if (problem.status === 422 && pass.memberId) {
    // The member this guest said to be is gone: go on without saying who.
    await keepPass(eventId, { ...pass, memberId: null });
    return renewGuest(identity, eventId);
  }
  if (problem.status === 410 || problem.status === 404) await keepPass(eventId, { ...pass, isOver: true });
  throw problem;
}

function remember(identity: Identity, answer: { access_token: string; expires_in: number }): string {
  tokens.set(identity, { text: answer.access_token, expiresAt: Date.now() + answer.expires_in * 1000 });
  return answer.access_token;
}

/** POST without a token; raises the problem of an unreachable server. */
export async function post(path: string, body: unknown): Promise<Response> {
  try {
    return await fetch(path, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify(body),
      signal: AbortSignal.timeout(20_000),
    });
  } catch {
    throw unreachable();
  }
}

/** Become the user who just signed in. */
export async function enter(user: User, answer: { access_token: string; expires_in: number }): Promise<void> {
  tokens.clear();
  remember(`user:${user.id}`, answer);
  await change({ user, isExpired: false });
}

/** Keep the profile as it is now. */
export const keepUser = (user: User): Promise<void> => change({ user });

/** Note that the session has ended; what waits goes on waiting for the next sign-in. */
export const noteExpired = (): Promise<void> => change({ isExpired: true });

/** Forget the user on this browser. */
export async function leave(): Promise<void> {
  tokens.clear();
  await change({ user: null, isExpired: false });
  await forget('reads');
}

/** Keep a secret link that leads to an event, or that it has ended. */
export const keepPass = (eventId: string, pass: GuestPass): Promise<void> => {
  tokens.delete(`guest:${eventId}`);
  return change({ guests: { ...session.get().guests, [eventId]: pass } });
};

/** Forget the link of an event: the user took over, or does not want to see it any more. */
export const dropPass = (eventId: string): Promise<void> => {
  const { [eventId]: _dropped, ...guests } = session.get().guests;
  tokens.delete(`guest:${eventId}`);
  return change({ guests });
};
