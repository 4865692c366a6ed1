import type { Caller } from '../caller.ts';
import type { HttpRequest } from './http-request.ts';

/** Headers that docs/deploy.md has a custom domain put a token's claims into (`claimPassBy`). */
const CLAIM = 'x-jwt-claim-';
const MAX_CLAIMS = 10;

/** `isConfirmed`: the event names this very invocation, which only FC can. */
export function callerOf({ headers, query, sourceIp, userAgent }: HttpRequest, isConfirmed: boolean): Caller {
  const authorization = headers['authorization'] ?? '';
  const signed = /^(?:ACS3-\S+ Credential=|FC |acs )([\w.-]{1,128})[,:]/.exec(authorization)?.[1];
  const claimedAccessKeyId = signed ?? query['AccessKeyId']?.slice(0, 128);
  const claimedJwt = claimsOf(headers);
  return {
    source: 'http',
    sourceIp,
    userAgent: userAgent.slice(0, 256),
    ...(claimedAccessKeyId && { claimedAccessKeyId }),
    ...(claimedJwt && { claimedJwt }),
    ...(!isConfirmed && { unconfirmed: true }),
  };
}

function claimsOf(headers: HttpRequest['headers']): Record<string, string> | undefined {
  const claims = Object.entries(headers)
    .filter(([name]) => name.startsWith(CLAIM))
    .slice(0, MAX_CLAIMS)
    .map(([name, value]) => [name.slice(CLAIM.length, CLAIM.length + 64), value.slice(0, 256)]);
  return claims.length > 0 ? Object.fromEntries(claims) : undefined;
}
