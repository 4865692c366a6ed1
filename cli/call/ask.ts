import { type Reply, readReply } from '../../portal/core/reply.ts';
import { sanitizeMessage } from '../../shared/log/sanitize.ts';
import { isRecord, type UnknownRecord } from '../../shared/record.ts';
import { Refused } from '../failure.ts';
import type { Terminal } from '../terminal.ts';
import type { Connection } from './connection.ts';

/** What a reply was read from: `body` where it is a JSON object. */
export type Heard = { readonly reply: Reply; readonly body: UnknownRecord | undefined };

/** One request → its reply; no answer is a reply too. Throws `Refused` where there is nothing to sign with. */
export async function ask(fields: object, { label, call }: Connection, terminal: Terminal): Promise<Heard> {
  const startedAt = Date.now();
  try {
    const { status, headers, body } = await call(fields);
    const text = body.toString('utf8');
    const requestId = headers['x-acs-request-id'] ?? headers['x-fc-request-id'] ?? '';
    terminal.debug(`${label}: HTTP ${status} after ${Date.now() - startedAt} ms, request ${requestId}`);
    return clean({
      reply: readReply({ status, requestId, date: headers['date'] ?? null, text }),
      body: objectOf(text),
    });
  } catch (error) {
    if (error instanceof Refused) throw error;
    const message = error instanceof Error ? error.message : String(error);
    terminal.debug(`${label}: no answer after ${Date.now() - startedAt} ms: ${message}`);
    return { reply: { kind: 'silence', url: label, message }, body: undefined };
  }
}

/** A gateway that refuses a signature repeats the text that was signed. */
function clean({ reply, body }: Heard): Heard {
  if (reply.kind !== 'refusal') return { reply, body };
  const message = sanitizeMessage(reply.message);
  return { reply: { ...reply, message }, body: body && { ...body, Message: message } };
}

function objectOf(text: string): UnknownRecord | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return isRecord(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

/** Why it does not go on, for a person. */
export function refusalText(reply: Exclude<Reply, { kind: 'answer' }>): string {
  if (reply.kind === 'silence') return `No answer from ${reply.url}: ${reply.message}`;
  const code = reply.code === '' ? '' : ` ${reply.code}`;
  const id = reply.requestId === '' ? '' : ` (request ${reply.requestId})`;
  return `HTTP ${reply.status}${code}: ${reply.message}${id}`;
}
