import type { Received } from '../../portal/core/reply.ts';

/** Sends one request to where it is carried out → what came back. Throws when nothing did. */
export type Send = (fields: object) => Promise<Received>;

/** An invocation that FC reports as failed: the message of the error is the answer as JSON. */
export function receivedFromError(errorMessage: string, requestId: string): Received {
  const text = isAnswer(errorMessage) ? errorMessage : JSON.stringify({ Code: 'FunctionError', Message: errorMessage });
  const isCarriedOut = text.includes('"Results"');
  return { status: isCarriedOut ? 200 : 400, requestId, date: new Date().toUTCString(), text };
}

function isAnswer(text: string): boolean {
  try {
    return typeof JSON.parse(text) === 'object';
  } catch {
    return false;
  }
}
