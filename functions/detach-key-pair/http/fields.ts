import { isRecord, type UnknownRecord } from '../../../shared/record.ts';
import { RequestError } from '../request/request-error.ts';
import type { HttpRequest } from './http-request.ts';
import { checkOperation } from './operation.ts';
import { bodyText, checkSize, malformed } from './read-body.ts';
import { rpcFields } from './rpc-form.ts';

/**
 * HTTP request → the canonical fields, whichever form they came in: a JSON object, or the RPC form that ECS clients
 * send. Refused in this order: size, content type, body, action and version.
 */
export function readFields(http: HttpRequest): UnknownRecord {
  checkSize(http);
  const form = formOf(http);
  const { headers, query } = http;
  if (form === 'json') {
    const fields = parseObject(bodyText(http));
    checkOperation({ headers });
    return fields;
  }
  const parameters = form === 'form' ? parseForm(bodyText(http)) : new URLSearchParams();
  checkOperation({ headers, query, parameters });
  return rpcFields(query, parameters);
}

// FC's own clients send JSON as application/octet-stream. A body-less call is the RPC form whatever its type says,
// since old clients name a type for nothing; but JSON announced and nothing there at all is a body that got lost.
function formOf(http: HttpRequest): 'json' | 'form' | 'query' {
  const type = mediaType(http);
  const isForm = type === 'application/x-www-form-urlencoded';
  if (!isForm && !isJson(http)) {
    throw new RequestError(415, 'UnsupportedMediaType', 'The body must be JSON or application/x-www-form-urlencoded.');
  }
  if (http.body !== '') return isForm ? 'form' : 'json';
  return type.endsWith('json') && Object.keys(http.query).length === 0 ? 'json' : 'query';
}

export function isJson(http: HttpRequest): boolean {
  const type = mediaType(http);
  return type === '' || type === 'application/octet-stream' || /^application\/([\w.-]+\+)?json$/.test(type);
}

function mediaType({ headers }: HttpRequest): string {
  return (headers['content-type'] ?? '').replace(/;.*$/s, '').trim().toLowerCase();
}

export function parseObject(text: string): UnknownRecord {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw malformed('it is not valid JSON');
  }
  if (!isRecord(value)) throw malformed('it is not a JSON object');
  return value;
}

function parseForm(text: string): URLSearchParams {
  try {
    decodeURIComponent(text.replaceAll('+', ' '));
  } catch {
    throw malformed('it is not a valid form');
  }
  return new URLSearchParams(text);
}
