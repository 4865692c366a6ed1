import { AsyncLocalStorage } from 'node:async_hooks';
import { subscribe } from 'node:diagnostics_channel';
import { ClientRequest } from 'node:http';
import { recordOf } from '../record.ts';

// The SDKs take no AbortSignal and leave the socket of a late answer open. Node itself tells which requests a call
// made, so that a call which is over can be over on the wire too: a function is frozen once it has answered.
const requests = new AsyncLocalStorage<Set<ClientRequest>>();
subscribe('http.client.request.start', (message) => {
  const { request } = recordOf(message);
  if (request instanceof ClientRequest) requests.getStore()?.add(request);
});

/** `sent`: whether all of the request had left this machine when time ran out. */
export class ExchangeTimeout extends Error {
  override readonly name = 'ExchangeTimeout';
  readonly sent: boolean;
  constructor(timeoutMs: number, sent: boolean) {
    super(`no whole answer within ${Math.round(timeoutMs)} ms`);
    this.sent = sent;
  }
}

/**
 * Runs one SDK call. When `timeoutMs` have passed it throws `ExchangeTimeout`; whatever the call left open on the wire
 * is cut before this returns.
 */
export async function exchange<T>(timeoutMs: number, call: () => Promise<T>): Promise<T> {
  const mine = new Set<ClientRequest>();
  const answer = requests.run(mine, call);
  let timer: NodeJS.Timeout | undefined;
  const timeout = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new ExchangeTimeout(timeoutMs, [...mine].some(wasSent))), timeoutMs);
  });
  answer.catch(() => {}); // it may fail once more when its socket is cut, after the timeout was reported
  try {
    return await Promise.race([answer, timeout]);
  } catch (error) {
    for (const request of mine) request.destroy();
    throw error;
  } finally {
    clearTimeout(timer);
  }
}

function wasSent(request: ClientRequest): boolean {
  return request.writableFinished;
}
