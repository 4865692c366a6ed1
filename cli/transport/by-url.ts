import type { Credentials } from '../../shared/config/credentials.ts';
import { UsageError } from '../terminal.ts';
import { sendSigned } from './signed.ts';
import type { Send } from './transport.ts';

/** By an HTTP trigger, or a custom domain, that checks a signature. */
export function bySignedUrl(url: string, credentials: Credentials): Send {
  const { origin, pathname, searchParams } = readUrl(url);
  return (fields) => {
    const request = {
      action: 'DetachKeyPair',
      version: '2014-05-26',
      method: 'POST',
      path: pathname,
      query: Object.fromEntries(searchParams),
      headers: { 'content-type': 'application/json' },
      body: Buffer.from(JSON.stringify(fields)),
    } as const;
    return sendSigned(request, origin, credentials);
  };
}

/** By a URL that takes a bearer token, or none. */
export function byBearer(url: string, token: string | undefined): Send {
  const address = readUrl(url);
  return async (fields) => {
    const response = await fetch(address, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...(token && { authorization: `Bearer ${token}` }) },
      body: JSON.stringify(fields),
      redirect: 'error',
    }).catch((error: unknown) => {
      const { cause } = Object(error);
      throw new Error(`${address.host} was not reached (${Object(cause).code ?? 'no answer'})`);
    });
    const requestId = response.headers.get('x-acs-request-id') ?? response.headers.get('x-fc-request-id') ?? '';
    return { status: response.status, requestId, date: response.headers.get('date'), text: await response.text() };
  };
}

function readUrl(url: string): URL {
  const parsed = URL.canParse(url) ? new URL(url) : undefined;
  const isSafe = parsed?.protocol === 'https:' || /^(127\.0\.0\.1|localhost|\[::1\])$/.test(parsed?.hostname ?? '');
  if (parsed && isSafe && parsed.username === '') return parsed;
  throw new UsageError('--url takes an https address without user name or password (http for this machine alone)');
}
