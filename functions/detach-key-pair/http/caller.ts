import { createHash } from 'node:crypto';
import type { HttpRequest } from './http-request.ts';

/** Who sent it, as far as a function can say: the gateway checks signatures, the function sees only what they claim. */
export type Caller = {
  /** Which way the request came. */
  readonly source: string;
  readonly sourceIp?: string;
  readonly userAgent?: string;
  readonly claimedAccessKeyId?: string;
  readonly eventId?: string;
};

export function callerOf({ headers, query, sourceIp, userAgent }: HttpRequest): Caller {
  const authorization = headers['authorization'] ?? '';
  const signed = /^(?:ACS3-\S+ Credential=|FC |acs )([\w.-]{1,128})[,:]/.exec(authorization)?.[1];
  const claimedAccessKeyId = signed ?? query['AccessKeyId']?.slice(0, 128);
  return {
    source: 'http',
    sourceIp,
    userAgent: userAgent.slice(0, 256),
    ...(claimedAccessKeyId && { claimedAccessKeyId }),
  };
}

/** What task ids are made of, so that two senders never share one. */
export function senderOf({ source, claimedAccessKeyId }: Pick<Caller, 'source' | 'claimedAccessKeyId'>): string {
  return claimedAccessKeyId === undefined ? source : `${source} ${claimedAccessKeyId}`;
}

/** The sender of a webhook is who holds its secret. */
export function webhookSender(secret: string): string {
  return `webhook ${createHash('sha256').update(secret).digest('hex')}`;
}
