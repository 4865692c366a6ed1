import type { ValidateFunction } from 'ajv';
import { causeOf, visible } from '../log/log.ts';
import { firstError } from '../schema/schema-error.ts';
import { readEvent } from './event.ts';
import { type Setup, type SetupOptions, setUp } from './setup.ts';

/** Makes FC run the message again, and in the end call `onFailure`. The message of the error is the answer as JSON. */
class MessageFailure extends Error {
  constructor(name: string, answer: object) {
    super(visible(JSON.stringify(answer)));
    this.name = name;
  }
}

export type Ready = NonNullable<Setup['ready']> & { readonly requestId: string };

export type Worked = {
  readonly answer: object;
  /** Thrown instead of returned: something has not happened. */
  readonly isFailed: boolean;
  /** What the log says of it. */
  readonly logged: Readonly<Record<string, unknown>>;
};

export type MessageFunction<M> = {
  /** Names the message in the log and to people. */
  readonly what: 'reboot' | 'removal';
  /** FC tells it as the type of the error. */
  readonly failure: 'RebootFailure' | 'RemovalFailure';
  readonly isMessage: ValidateFunction<M>;
  readonly work: (message: M, ready: Ready) => Promise<Worked>;
};

/** One delivery of one message → the answer; thrown when anything is left that has to be seen to. */
export async function workOff<M>(
  event: unknown,
  rawContext: unknown,
  options: SetupOptions,
  { what, failure, isMessage, work }: MessageFunction<M>,
): Promise<unknown> {
  const { context, log, startedAt, ready } = setUp(rawContext, options);
  const { requestId } = context;
  const refusal = (Code: string, Message: string) =>
    new MessageFailure(failure, { RequestId: requestId, Code, Message });
  const internalError = () => refusal('InternalError', `The ${what} has failed; the log says why, under ${requestId}.`);
  if (!ready) throw internalError();
  try {
    const message = readEvent(event);
    if (!isMessage(message)) {
      const { path, message: why } = firstError(isMessage);
      log.warn('malformed message', { field: path.join('.'), why });
      throw refusal('MalformedBody', `This is not a ${what} message: ${path.join('.')} ${why}.`);
    }
    const { answer, isFailed, logged } = await work(message, { ...ready, requestId });
    log.info(what, { ...logged, durationMs: Date.now() - startedAt });
    if (isFailed) throw new MessageFailure(failure, answer);
    return answer;
  } catch (error) {
    if (error instanceof MessageFailure) throw error;
    log.error('failed', { cause: causeOf(error) });
    throw internalError();
  }
}
