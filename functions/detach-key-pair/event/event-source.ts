import { isBase64 } from '../../../shared/fc/event.ts';
import { isRecord, textOf, type UnknownRecord } from '../../../shared/record.ts';
import type { Caller } from '../caller.ts';
import { parseObject } from '../request/parse-json.ts';
import { malformed } from '../request/request-error.ts';

/** A request that came as an event instead of over HTTP. */
export type EventRequest = {
  readonly fields: UnknownRecord;
  readonly caller: Caller;
  /** Where the event comes from: a source of events, a timer, a topic. */
  readonly sender: string;
  /** The event's identity: delivered again, it is the same request. */
  readonly token: string | undefined;
};

/**
 * An event → the request that it carries. Told apart by what only they have: a CloudEvent has `specversion`, a timer
 * event its trigger's name and time, a message of an MNS topic its `MessageId`; everything else is the request itself.
 */
export function readEventRequest(event: unknown): EventRequest {
  if (!isRecord(event)) throw malformed('it is not a JSON object');
  const { specversion, source, id, data, triggerName, triggerTime, payload, TopicName, MessageId, Message } = event;
  if (textOf(specversion)) {
    return carried('cloudevent', data ?? decoded(event['data_base64']), identity(source, id), textOf(source));
  }
  if (textOf(triggerName) && textOf(triggerTime)) {
    return carried('timer', payload, identity(triggerName, triggerTime), textOf(triggerName));
  }
  if (textOf(TopicName) && textOf(MessageId))
    return carried('mns', mnsText(Message), identity(MessageId), textOf(TopicName));
  return carried('invocation', event, undefined);
}

function carried(source: string, content: unknown, token: string | undefined, from = ''): EventRequest {
  const fields = typeof content === 'string' ? parseObject(content) : content;
  if (!isRecord(fields)) throw malformed(`the ${source} carries no JSON object`);
  return {
    fields,
    token,
    sender: `${source} ${from}`,
    caller: { source, ...(token !== undefined && { eventId: token.slice(0, 256) }) },
  };
}

function identity(...parts: unknown[]): string | undefined {
  const texts = parts.map(textOf);
  return texts.includes(undefined) ? undefined : texts.join(' ');
}

/** MNS's SDKs publish in base64, the console and the CLI as it is; no JSON object is valid base64. */
function mnsText(message: unknown): unknown {
  return typeof message === 'string' && isBase64(message) ? decoded(message) : message;
}

function decoded(base64: unknown): unknown {
  return typeof base64 === 'string' ? Buffer.from(base64, 'base64').toString('utf8') : undefined;
}
