import type { HttpRequest } from './http-request.ts';

/** Who asked, as far as anybody can say: the gateway checks signatures, a function sees only what they claim. */
export type Caller = {
  /** Which way the request came. */
  readonly source: string;
  readonly sourceIp?: string;
  readonly userAgent?: string;
  readonly accessKeyId?: string;
  readonly eventId?: string;
};

export function callerOf({ headers, query, sourceIp, userAgent }: HttpRequest): Caller {
  const authorization = headers['authorization'] ?? '';
  const signed = /^(?:ACS3-\S+ Credential=|FC |acs )([\w.-]{1,128})[,:]/.exec(authorization)?.[1];
  const accessKeyId = signed ?? query['AccessKeyId']?.slice(0, 128);
  return { source: 'http', sourceIp, userAgent: userAgent.slice(0, 256), ...(accessKeyId && { accessKeyId }) };
}

/** What task ids are made of, so that two senders never share one. */
export function senderOf({ source, accessKeyId }: Pick<Caller, 'source' | 'accessKeyId'>): string {
  return accessKeyId === undefined ? source : `${source} ${accessKeyId}`;
}
