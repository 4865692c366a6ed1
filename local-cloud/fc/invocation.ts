import { randomBytes } from 'node:crypto';
import { isRecord } from '../http/rpc-answer.ts';

export type ErrorType = 'HandledInvocationError' | 'UnhandledInvocationError';

/** What a request to an FC 2.0 HTTP function looks like, beside its body. */
export interface Fc2Http {
  readonly method: string;
  readonly path: string;
  readonly url: string;
  readonly clientIP: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly queries: Readonly<Record<string, string | readonly string[]>>;
}

export interface Invocation {
  readonly requestId: string;
  readonly event: Buffer;
  readonly retryCount?: number;
  readonly http?: Fc2Http;
}

/** What the process sends back. */
export interface Reply {
  readonly payload: Buffer;
  readonly errorType?: ErrorType;
  /** Of an FC 2.0 HTTP function. */
  readonly http?: { statusCode: number; headers: Record<string, string> };
}

export interface InvocationResult extends Reply {
  readonly requestId: string;
  /** The lines it printed. */
  readonly logs: readonly string[];
}

/** A message of the runtime's half; `undefined` for one that is none. */
export function parseReply(message: unknown): Reply | undefined {
  if (!isRecord(message) || message['kind'] !== 'reply' || !(message['payload'] instanceof Uint8Array))
    return undefined;
  const { errorType, http } = message;
  return {
    payload: Buffer.from(message['payload']),
    ...(errorType === 'HandledInvocationError' || errorType === 'UnhandledInvocationError' ? { errorType } : {}),
    ...(isRecord(http)
      ? { http: { statusCode: Number(http['statusCode']), headers: textValues(http['headers']) } }
      : {}),
  };
}

export function textValues(value: unknown): Record<string, string> {
  if (!isRecord(value)) return {};
  return Object.fromEntries(Object.entries(value).map(([name, text]) => [name, String(text)]));
}

/** The body FC makes up when the process cannot speak for itself. */
export function fcFailure(errorMessage: string): Reply {
  return { errorType: 'UnhandledInvocationError', payload: Buffer.from(JSON.stringify({ errorMessage })) };
}

export function newFcRequestId(): string {
  const hex = randomBytes(14).toString('hex');
  return `1-${hex.slice(0, 8)}-${hex.slice(8, 16)}-${hex.slice(16)}`;
}
