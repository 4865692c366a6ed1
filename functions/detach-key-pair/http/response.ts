import type { Answer } from '../answer/answer.ts';

/** What the HTTP trigger of FC 3.0 takes back. */
export type HttpResponse = {
  readonly statusCode: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly isBase64Encoded: boolean;
  readonly body: string;
};

/** An answer is about this moment, and is what its type says. */
const SAFE = { 'cache-control': 'no-store', 'x-content-type-options': 'nosniff' };

export function respond({ status, headers, ...answer }: Answer, requestId: string): HttpResponse {
  const { type, body } = contentOf(answer);
  return {
    statusCode: status,
    headers: { ...(type && { 'content-type': type }), ...SAFE, 'x-acs-request-id': requestId, ...headers },
    isBase64Encoded: false,
    body,
  };
}

function contentOf({ body, html }: Pick<Answer, 'body' | 'html'>): { type?: string; body: string } {
  if (html !== undefined) return { type: 'text/html; charset=utf-8', body: html };
  if (body !== undefined) return { type: 'application/json; charset=utf-8', body: JSON.stringify(body) };
  return { body: '' };
}
