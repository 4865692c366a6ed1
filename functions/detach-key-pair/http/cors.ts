import type { HttpRequest } from './http-request.ts';

const PREFLIGHT = {
  'access-control-allow-methods': 'GET, POST, OPTIONS',
  'access-control-allow-headers': 'authorization, content-type, idempotency-key',
  'access-control-max-age': '600',
};

/** What lets a page of another origin read the answer; nothing unless the deployment names that origin. */
export function corsHeaders({ method, headers }: HttpRequest, allowed: readonly string[]): Record<string, string> {
  const { origin } = headers;
  if (origin === undefined || allowed.length === 0) return {};
  const everyone = allowed.includes('*');
  if (!everyone && !allowed.includes(origin)) return { vary: 'Origin' };
  const isPreflight = method === 'OPTIONS' && headers['access-control-request-method'] !== undefined;
  return {
    'access-control-allow-origin': everyone ? '*' : origin,
    'access-control-expose-headers': 'date, x-acs-request-id',
    ...(!everyone && { vary: 'Origin' }),
    ...(isPreflight && PREFLIGHT),
  };
}
