import type { UnknownRecord } from '../../../shared/record.ts';
import type { HttpRequest } from './http-request.ts';
import { invalid } from './request-error.ts';

const HEADER = 'Idempotency-Key';

/** The fields with the header's token as their `ClientToken`: the header is the same thing for callers who use that. */
export function withToken(fields: UnknownRecord, { headers }: HttpRequest): UnknownRecord {
  const token = headers[HEADER.toLowerCase()];
  if (token === undefined) return fields;
  if (!/^[\x20-\x7e]{1,64}$/.test(token)) throw invalid(HEADER, 'it must be 1 to 64 printable ASCII characters');
  const { ClientToken = token } = fields;
  if (ClientToken !== token) throw invalid(HEADER, 'it differs from ClientToken');
  return { ...fields, ClientToken };
}
