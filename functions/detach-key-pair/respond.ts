import type { Answer } from './answer.ts';

/** What the HTTP trigger of FC 3.0 takes back. */
export type HttpResponse = {
  readonly statusCode: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly isBase64Encoded: boolean;
  readonly body: string;
};

export function respond({ status, body, headers }: Answer, requestId: string): HttpResponse {
  const type = body === undefined ? {} : { 'content-type': 'application/json; charset=utf-8' };
  return {
    statusCode: status,
    headers: { ...type, 'x-acs-request-id': requestId, ...headers },
    isBase64Encoded: false,
    body: body === undefined ? '' : JSON.stringify(body),
  };
}
