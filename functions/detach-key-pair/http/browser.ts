import { RequestError } from '../request/request-error.ts';
import type { HttpRequest } from './http-request.ts';

/**
 * Refuses what a browser sends from where it may not. A browser attaches cookies and other ambient credentials by itself,
 * so behind a gateway with a login a link, or a page of another origin, would act as the person who opens it. Browsers say
 * where a request comes from by `Sec-Fetch-Site` (https://www.w3.org/TR/fetch-metadata), to https and loopback addresses
 * alone; elsewhere, and before 2023, by `Origin`, which links do not have.
 * What a POST asks for is not known yet, so one that changes nothing is refused as well.
 */
export function checkBrowser({ method, headers, host }: HttpRequest, allowedOrigins: readonly string[]): void {
  if (method === 'GET' && isBrowser(headers)) {
    throw refusal('A browser may not detach by GET: a link must not do anything. Send a POST.');
  }
  const { origin } = headers;
  if (allowedOrigins.includes('*') || (origin !== undefined && allowedOrigins.includes(origin))) return;
  const site = headers['sec-fetch-site'];
  // Whatever else the header says, a proxy has made it: browsers know four values.
  const isForeign = site ? !/^(same-origin|none)$/.test(site) : origin !== undefined && hostOf(origin) !== host;
  if (isForeign) {
    throw refusal(
      `A page of ${origin?.slice(0, 100) ?? 'another origin'} may not send requests here: CORS_ALLOWED_ORIGINS does not name it.`,
    );
  }
}

/** Every browser calls itself Mozilla; SDKs and curl do not. */
function isBrowser(headers: HttpRequest['headers']): boolean {
  const names = Object.keys(headers);
  const hasMark = names.some((name) => name.startsWith('sec-fetch-') || name === 'upgrade-insecure-requests');
  return hasMark || /^\s*mozilla\//i.test(headers['user-agent'] ?? '');
}

function refusal(message: string): RequestError {
  return new RequestError(403, 'Forbidden.Origin', message);
}

function hostOf(origin: string): string | undefined {
  return URL.canParse(origin) ? new URL(origin).host : undefined;
}
