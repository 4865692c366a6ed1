import { hashes, html } from 'portal:page';
import { policyOf } from '../../../portal/policy.ts';
import type { Answer } from '../answer/answer.ts';

/** The portal. The copy that is served may call nothing but the function that it came from. */
export function portalPage(): Answer {
  return {
    status: 200,
    html: html(),
    headers: {
      'content-security-policy': `${policyOf(hashes, "'self'")}; frame-ancestors 'none'`,
      'cross-origin-opener-policy': 'same-origin',
      'referrer-policy': 'no-referrer',
    },
  };
}
