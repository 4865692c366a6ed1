import type { Answer } from '../answer/answer.ts';
import { openApi } from '../answer/openapi.ts';
import { RequestError } from '../request/request-error.ts';
import { detachRequestSchema } from '../request/schema.ts';
import { plain } from '../request/suggest.ts';
import type { HttpRequest } from './http-request.ts';
import { portalPage } from './portal-page.ts';

const ALLOW = 'GET, POST, OPTIONS';
const FIELDS = new Set([...Object.keys(detachRequestSchema.properties), 'StopTasks'].map(plain));

function hasRequestFields(query: HttpRequest['query']): boolean {
  return Object.keys(query).some((name) => FIELDS.has(plain(name)));
}

/**
 * The answer to everything that does not ask for a detach; undefined for what does: a POST on any path, since paths
 * differ between the trigger's URL, a custom domain and the API, or a GET with `Action`, as old ECS clients send it.
 */
export function route({ method, path, query }: HttpRequest): Answer | undefined {
  if (method === 'POST' || (method === 'GET' && query['Action'] !== undefined)) return undefined;
  if (method === 'OPTIONS') return { status: 204, headers: { allow: ALLOW } };
  if (method !== 'GET') {
    throw new RequestError(
      405,
      'UnsupportedHTTPMethod',
      `The method ${method.slice(0, 20)} is not supported: use POST.`,
      {
        allow: ALLOW,
      },
    );
  }
  if (hasRequestFields(query)) {
    throw new RequestError(
      400,
      'MissingParameter',
      'This is a GET with the parameters of a request, but without Action: POST it, or add Action=DetachKeyPair. Nothing was done.',
    );
  }
  if (path.endsWith('/healthz')) return { status: 200, body: { Status: 'ok' } };
  if (path.endsWith('/openapi.json')) return { status: 200, body: openApi() };
  if (path.endsWith('/')) return portalPage();
  throw new RequestError(
    404,
    'NotFound',
    'There is nothing here: POST a request, or GET /, /healthz or /openapi.json.',
  );
}
