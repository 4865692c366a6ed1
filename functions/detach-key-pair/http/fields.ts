import type { UnknownRecord } from '../../../shared/record.ts';
import { parseObject } from '../request/parse-json.ts';
import { malformed, RequestError } from '../request/request-error.ts';
import type { HttpRequest } from './http-request.ts';
import { checkOperation } from './operation.ts';
import { type Body, isJson } from './read-body.ts';
import { rpcFields } from './rpc-form.ts';

const FORM = 'application/x-www-form-urlencoded';

/**
 * HTTP request → the canonical fields, whichever form they came in: a JSON object, or the RPC form that ECS clients
 * send. Refused in this order: content type, body, action and version.
 */
export function readFields({ headers, query }: HttpRequest, body: Body): UnknownRecord {
  const form = formOf(query, body);
  if (form === 'json') {
    const fields = parseObject(body.text());
    checkOperation({ headers });
    return fields;
  }
  const parameters = form === 'form' ? parseForm(body.text()) : new URLSearchParams();
  checkOperation({ headers, query, parameters });
  return rpcFields(query, parameters);
}

// Empty body = RPC parameters in the query, whatever the Content-Type, since old clients name a type for nothing.
// Exception: a JSON Content-Type with neither body nor query is a lost body.
function formOf(query: HttpRequest['query'], body: Body): 'json' | 'form' | 'query' {
  const isForm = body.mediaType === FORM;
  if (!isForm && !isJson(body)) throw unsupported(body);
  if (!body.isEmpty) return isForm ? 'form' : 'json';
  return body.mediaType.endsWith('json') && Object.keys(query).length === 0 ? 'json' : 'query';
}

function unsupported(body: Body): RequestError {
  const cure = looksLikeJson(body.text())
    ? ' The body looks like JSON: send it with content-type: application/json.'
    : '';
  return new RequestError(
    415,
    'UnsupportedMediaType',
    `The Content-Type ${body.mediaType.slice(0, 80)} is not supported: send JSON or ${FORM}.${cure}`,
  );
}

function parseForm(text: string): URLSearchParams {
  if (looksLikeJson(text) || looksLikeJson(decoded(text))) {
    throw malformed("it is JSON, but was sent as a form, as `curl -d` does: add -H 'content-type: application/json'");
  }
  return new URLSearchParams(firstPairs(text));
}

function decoded(form: string): string {
  try {
    return decodeURIComponent(form.replaceAll('+', ' '));
  } catch {
    throw malformed('it is not a valid form');
  }
}

/** A request has some thirty names, each once. */
const MAX_PAIRS = 200;

/**
 * Of more pairs the rest is not read, which would take hundreds of megabytes: an unknown name is put in its place, so that the
 * request is refused whatever the first ones say.
 */
function firstPairs(text: string): string {
  let end = -1;
  for (let pairs = 0; pairs < MAX_PAIRS; pairs++) {
    end = text.indexOf('&', end + 1);
    if (end < 0) return text;
  }
  return `${text.slice(0, end)}&(more than ${MAX_PAIRS} parameters)=`;
}

function looksLikeJson(text: string): boolean {
  return /^\s*[{[]/.test(text);
}
