import { createHash } from 'node:crypto';
import type { UnknownRecord } from '../../../shared/record.ts';
import { describe, notTaken } from './explain.ts';
import { invalid } from './request-error.ts';

const HEADER = 'Idempotency-Key';
const TOKEN = /^[\x20-\x7e]{1,64}$/;

/** Whether this text may be a token. */
export function isToken(text: string): boolean {
  return TOKEN.test(text);
}

/** The fields with the header's token as their `ClientToken`: the header is the same thing for callers who use that. */
export function withToken(fields: UnknownRecord, headers: Readonly<Record<string, string>>): UnknownRecord {
  const token = headers[HEADER.toLowerCase()];
  if (token === undefined) return fields;
  if (!TOKEN.test(token)) throw notTaken(HEADER, token);
  const { ClientToken = token } = fields;
  if (ClientToken !== token)
    throw invalid(
      HEADER,
      `${describe(token)} differs from ClientToken, ${describe(ClientToken)}: leave one of them out`,
    );
  return { ...fields, ClientToken };
}

/** A name from elsewhere as a token: an event's or a message's own identity may be longer than a token may be. */
export function asToken(name: string): string {
  return TOKEN.test(name) ? name : createHash('sha256').update(name).digest('hex');
}
