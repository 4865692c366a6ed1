import { AsyncLocalStorage } from 'node:async_hooks';
import { subscribe } from 'node:diagnostics_channel';
import { ClientRequest, IncomingMessage } from 'node:http';
import { recordOf } from '../record.ts';

/** What Node itself tells of the requests that one SDK call makes. */
type Wire = {
  readonly requests: Set<ClientRequest>;
  /** Of the last answer; undefined while none has come. */
  status: number | undefined;
  retryAfterMs: number | undefined;
  /** The service's own time, ms since the epoch, to the second. */
  serverTime: number | undefined;
};

// The SDKs take no AbortSignal, leave the socket of a late answer open, and forget the status of an answer that is not
// JSON. A call which is over has to be over on the wire too: a function is frozen once it has answered.
const calls = new AsyncLocalStorage<Wire>();
const wires = new WeakMap<object, Wire>();

subscribe('http.client.request.start', (message) => {
  const { request } = recordOf(message);
  const wire = calls.getStore();
  if (!wire || !(request instanceof ClientRequest)) return;
  wire.requests.add(request);
  wires.set(request, wire);
});

subscribe('http.client.response.finish', (message) => {
  const { request, response } = recordOf(message);
  const wire = wires.get(Object(request));
  if (!wire || !(response instanceof IncomingMessage)) return;
  stopReadTimer(request);
  const { headers, statusCode } = response;
  wire.status = statusCode;
  wire.retryAfterMs = numberIn(headers['x-acs-retry-after']) ?? secondsIn(headers['retry-after']);
  const serverTime = Date.parse(String(headers.date));
  wire.serverTime = Number.isNaN(serverTime) ? undefined : serverTime;
});

function numberIn(header: unknown): number | undefined {
  return /^\d{1,9}$/.test(String(header)) ? Number(header) : undefined;
}

function secondsIn(header: unknown): number | undefined {
  const seconds = numberIn(header);
  return seconds === undefined ? undefined : seconds * 1_000;
}

/**
 * httpx stops this timer in `httpx.read()`, which the SDK core never calls, since it reads the body with a stream of its
 * own. Left alone it holds on to the call and its answer.
 */
function stopReadTimer(request: unknown): void {
  const socket = Object(recordOf(request)['socket']);
  for (const name of Object.getOwnPropertySymbols(socket)) {
    if (name.description === 'TIMER::READ_TIMER') clearTimeout(Reflect.get(socket, name));
  }
}

/** The SDKs' own timeout, 3 s where none is given, must not come first. */
const LATER_MS = 1_000;

/** A call that failed, whatever the SDK has thrown, or that took too long. */
export class SdkCallFailure {
  readonly cause: unknown;
  /** Of the answer, where one came at all. */
  readonly status: number | undefined;
  readonly retryAfterMs: number | undefined;
  /** Whether all of a request had left this machine: only then can the service have acted on it. */
  readonly sent: boolean;
  readonly timedOut: boolean;
  /** What kept it from being sent, with the host: `ENOTFOUND at ecs.cn-hangzhou.aliyuncs.com`. */
  readonly whyUnsent: string;

  constructor(cause: unknown, { status, retryAfterMs, requests }: Wire) {
    this.cause = cause;
    this.status = status;
    this.retryAfterMs = retryAfterMs;
    this.sent = [...requests].some(isSent);
    this.timedOut = cause === TIME_OUT;
    const [host] = [...requests].map((request) => request.host);
    const why = this.timedOut ? 'no connection in time' : (codeOf(cause) ?? 'the request could not be built');
    this.whyUnsent = host ? `${why} at ${host}` : why;
  }
}

/** What is written before a handshake is done stays in this machine, though Node counts it as written. */
function isSent(request: ClientRequest): boolean {
  return request.writableFinished && recordOf(request.socket)['secureConnecting'] !== true;
}

const TIME_OUT = Symbol('time ran out');

/** The code that Node gave its error; the SDKs put URLs into messages, and other errors around it. */
function codeOf(error: unknown): string | undefined {
  const { code, cause } = recordOf(error);
  if (typeof code === 'string' && /^[A-Z][A-Z0-9_]+$/.test(code)) return code;
  return cause === undefined ? undefined : codeOf(cause);
}

/**
 * Runs one SDK call, which is to be given the timeout that `call` is called with → its answer and the HTTP status that it
 * came with, or how it failed; never throws. It is over after `timeoutMs` at the latest, and what it left open on the
 * wire is cut before this returns.
 */
export async function runSdkCall<T>(timeoutMs: number, call: (sdkTimeoutMs: number) => Promise<T>) {
  const wire: Wire = { requests: new Set(), status: undefined, retryAfterMs: undefined, serverTime: undefined };
  const calling = calls.run(wire, call, Math.ceil(timeoutMs) + LATER_MS);
  let timer: NodeJS.Timeout | undefined;
  const timeout = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(TIME_OUT), timeoutMs);
  });
  calling.catch(() => {}); // it may fail once more when its socket is cut, after the timeout was reported
  try {
    return { answer: await Promise.race([calling, timeout]), status: wire.status, serverTime: wire.serverTime };
  } catch (error) {
    const failure = new SdkCallFailure(error, wire);
    for (const request of wire.requests) request.destroy();
    return failure;
  } finally {
    clearTimeout(timer);
  }
}
