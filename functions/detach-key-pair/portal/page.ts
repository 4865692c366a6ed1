import { brotliDecompressSync } from 'node:zlib';
import { compressed, hashes } from 'portal:page';
import type { Answer } from '../answer.ts';
import { policyOf } from './policy.ts';

/** The portal. Its own copy may call nothing but the function that it came from. */
export function portalPage(): Answer {
  return {
    status: 200,
    html: brotliDecompressSync(Buffer.from(compressed, 'base64')).toString('utf8'),
    headers: {
      'content-security-policy': `${policyOf(hashes, "'self'")}; frame-ancestors 'none'`,
      'x-content-type-options': 'nosniff',
      'referrer-policy': 'no-referrer',
      'cache-control': 'no-store',
    },
  };
}
