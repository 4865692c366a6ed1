import { randomUUID } from 'node:crypto';
import { type Credentials, credentialsFrom } from '../config/credentials.ts';
import { recordOf, textOf } from '../record.ts';

/** What Function Compute says of an invocation, as far as we use it. */
export type Context = {
  readonly requestId: string;
  readonly accountId: string;
  readonly region: string;
  readonly timeoutMs: number;
  /** The role's; absent when the function has none. */
  readonly credentials: Credentials | undefined;
};

/** FC always gives the timeout; the 60 s are the console's default, for callers that imitate FC. */
const UNSAID_TIMEOUT_SECONDS = 60;

/** Reads the runtime's context of FC 3.0 and FC 2.0 alike; what is missing gets a value that is safe to work with. */
export function readContext(value: unknown): Context {
  const context = recordOf(value);
  const { timeout } = recordOf(context['function']);
  const seconds = Number(timeout);
  return {
    requestId: textOf(context['requestId']) ?? randomUUID(),
    accountId: textOf(context['accountId']) ?? '',
    region: textOf(context['region']) ?? '',
    timeoutMs: (seconds > 0 ? seconds : UNSAID_TIMEOUT_SECONDS) * 1000,
    credentials: credentialsFrom(context['credentials']),
  };
}
