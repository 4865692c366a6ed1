import { subscribe } from 'node:diagnostics_channel';
import { ClientRequest, IncomingMessage } from 'node:http';
import { recordOf } from '../record.ts';

/** What Node itself tells of the requests that one SDK call makes. */
type Wire = {
  readonly requests: Set<ClientRequest>;
  /** Of the last answer; undefined while none has come. */
  status: number | undefined;
  retryAfterMs: number | undefined;
};

// The SDKs take no AbortSignal, leave the socket of a late answer open, and forget the status of an answer that is not
// JSON. A call which is over has to be over on the wire too: a function is frozen once it has answered.
//
// All that an SDK passes on to its requests is a timeout. Each call has one of its own and is known by it; an
// AsyncLocalStorage tells the same for a tenth more of the processor.
const wires = new Map<unknown, Wire>();
let serial = 0;

subscribe('http.client.request.start', (message) => {
  const { request } = recordOf(message);
  if (request instanceof ClientRequest) wires.get(recordOf(request)['timeout'])?.requests.add(request);
});

subscribe('http.client.response.finish', (message) => {
  const { request, response } = recordOf(message);
  const wire = wires.get(recordOf(request)['timeout']);
  if (!wire || !(response instanceof IncomingMessage)) return;
  stopReadTimer(request);
  const hint = response.headers['x-acs-retry-after'];
  wire.status = response.statusCode;
  wire.retryAfterMs = /^\d{1,9}$/.test(String(hint)) ? Number(hint) : undefined;
});

/** The SDK's HTTP client never stops this timer: it holds on to the call and its answer. */
function stopReadTimer(request: unknown): void {
  const socket = Object(recordOf(request)['socket']);
  for (const name of Object.getOwnPropertySymbols(socket)) {
    if (name.description === 'TIMER::READ_TIMER') clearTimeout(Reflect.get(socket, name));
  }
}

/** More than the call may take, since the SDKs' own 3 s must not come first, and like no other's. */
function sdkTimeoutFor(timeoutMs: number): number {
  const least = Math.ceil(timeoutMs) + 1_000;
  do serial = (serial + 1) % 8_192;
  while (wires.has(least + serial));
  return least + serial;
}

/** A call that failed, whatever the SDK has thrown, or that took too long. */
export class SdkCallFailure {
  readonly cause: unknown;
  /** Of the answer, where one came at all. */
  readonly status: number | undefined;
  readonly retryAfterMs: number | undefined;
  /** Set when time ran out: whether all of the request had left this machine by then. */
  readonly timedOut: 'sent' | 'unsent' | undefined;

  constructor(cause: unknown, { status, retryAfterMs, requests }: Wire) {
    this.cause = cause;
    this.status = status;
    this.retryAfterMs = retryAfterMs;
    const sent = [...requests].some(({ writableFinished }) => writableFinished);
    this.timedOut = cause === TIME_OUT ? (sent ? 'sent' : 'unsent') : undefined;
  }
}

const TIME_OUT = Symbol('time ran out');

/**
 * Runs one SDK call, to which the timeout must be given that `call` is called with → its answer and the HTTP status that
 * it came with, or how it failed; never throws. It is over after `timeoutMs` at the latest, and what it left open on the
 * wire is cut before this returns.
 */
export async function runSdkCall<T>(timeoutMs: number, call: (sdkTimeoutMs: number) => Promise<T>) {
  const wire: Wire = { requests: new Set(), status: undefined, retryAfterMs: undefined };
  const sdkTimeoutMs = sdkTimeoutFor(timeoutMs);
  wires.set(sdkTimeoutMs, wire);
  const withErrorResponse = call(sdkTimeoutMs);
  let timer: NodeJS.Timeout | undefined;
  const timeout = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(TIME_OUT), timeoutMs);
  });
  withErrorResponse.catch(() => {}); // it may fail once more when its socket is cut, after the timeout was reported
  try {
    return { answer: await Promise.race([withErrorResponse, timeout]), status: wire.status };
  } catch (error) {
    const failure = new SdkCallFailure(error, wire);
    for (const request of wire.requests) request.destroy();
    return failure;
  } finally {
    clearTimeout(timer);
    wires.delete(sdkTimeoutMs);
  }
}
