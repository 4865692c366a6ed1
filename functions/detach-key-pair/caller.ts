import { createHash } from 'node:crypto';

/** Who sent it, as far as a function can say: the gateway checks signatures and tokens, the function sees only claims. */
export type Caller = {
  /** Which way the request came. */
  readonly source: string;
  readonly sourceIp?: string;
  readonly userAgent?: string;
  readonly claimedAccessKeyId?: string;
  /** What a gateway hands on of a token, by name. */
  readonly claimedJwt?: Readonly<Record<string, string>>;
  readonly eventId?: string;
  /** It has the form of an HTTP trigger's event, but not this invocation's id: a direct invocation may say anything. */
  readonly unconfirmed?: true;
};

/** What task ids are made of, so that two senders never share one. */
export function senderOf({ source, claimedAccessKeyId, claimedJwt }: Caller): string {
  return [source, claimedAccessKeyId, claimedJwt?.['sub']].filter((part) => part !== undefined).join(' ');
}

/** The sender of a webhook is who holds its secret. */
export function webhookSender(secret: string): string {
  return `webhook ${createHash('sha256').update(secret).digest('hex')}`;
}
