/** Calls of the gateway, typed by its contract, made as somebody. */

import createClient, { type Client } from 'openapi-fetch';
import type { paths } from './schema';
import { Problem, problemOf, unreachable } from './problem';
import { accessToken, dropToken, keepPass, noteExpired, session, type Identity } from '@/session/session';

const TIMEOUT_MS = 25_000;
const clients = new Map<Identity, Client<paths>>();

/** Return the client that calls as `identity`. */
export function as(identity: Identity): Client<paths> {
  let client = clients.get(identity);
  if (!client) {
    client = createClient<paths>({ baseUrl: location.origin, fetch: (request) => fetchAs(identity, request) });
    clients.set(identity, client);
  }
  return client;
}

/** Fetch with the identity's token; a token that was refused is renewed once. Raises Problem without an answer. */
export async function fetchAs(identity: Identity, request: Request): Promise<Response> {
  if (identity === 'nobody') return reach(request);
  const again = request.clone();
  const first = await accessToken(identity);
  const response = await reach(withToken(request, first));
  if (response.status !== 401) return response;
  dropToken(identity, first);
  const second = await reach(withToken(again, await accessToken(identity)));
  if (second.status === 401) await noteEnd(identity);
  return second;
}

async function noteEnd(identity: Identity): Promise<void> {
  if (!identity.startsWith('guest:')) return noteExpired();
  const eventId = identity.slice('guest:'.length);
  const pass = session.get().guests[eventId];
  if (pass) await keepPass(eventId, { ...pass, isOver: true });
}

function withToken(request: Request, token: string): Request {
  const headers = new Headers(request.headers);
  headers.set('Authorization', `Bearer ${token}`);
  return new Request(request, { headers });
}

async function reach(request: Request): Promise<Response> {
  try {
    return await fetch(request, { signal: AbortSignal.any([request.signal, AbortSignal.timeout(TIMEOUT_MS)]) });
  } catch (reason) {
    if (request.signal.aborted) throw reason;
    throw unreachable();
  }
}

/** Return the content of an answer; raises Problem when it is no success. */
export async function answer<Data>(call: Promise<{ data?: Data; error?: unknown; response: Response }>): Promise<Data> {
  const { data, error, response } = await call;
  if (response.ok) return data as Data;
  const details = (error ?? {}) as { code?: string; detail?: string; errors?: { field: string; message: string }[] };
  throw new Problem(
    response.status,
    details.code ?? `status_${response.status}`,
    details.detail ?? response.statusText,
    details.errors ?? [],
    Number(response.headers.get('Retry-After')) || null,
  );
}

export { problemOf };
