import { describe, expect, it } from 'vitest';
import { callerOf } from '../../functions/detach-key-pair/http/caller.ts';
import { readFields } from '../../functions/detach-key-pair/http/fields.ts';
import { type HttpRequest, readHttpEvent } from '../../functions/detach-key-pair/http/http-request.ts';
import { openBody } from '../../functions/detach-key-pair/http/read-body.ts';
import { createSanitizer, sanitizeMessage } from '../../shared/log/sanitize.ts';
import { httpEvent } from '../support/events.ts';

const LENGTH = 100_000;
const SECRET = 's'.repeat(30);
const sanitize = createSanitizer({ accessKeyId: 'LTAI5t', accessKeySecret: SECRET });

function readTyped(type: string): unknown {
  const http = httpWith({ 'Content-Type': type });
  return readFields(http, openBody(http));
}

function httpWith(headers: Record<string, string>): HttpRequest {
  const http = readHttpEvent({ ...httpEvent({ headers, body: '{}' }) });
  if (!http) throw new Error('this is no HTTP event');
  return http;
}

/** The best of three. */
function timeOf(step: () => unknown): number {
  const times = [1, 2, 3].map(() => {
    const before = process.cpuUsage();
    try {
      step();
    } catch {
      // A refusal takes its time too.
    }
    return process.cpuUsage(before).user / 1_000;
  });
  return Math.max(0.5, Math.min(...times));
}

// The texts are those that recheck (https://makenowjust-labs.github.io/recheck) attacks the patterns with.
describe('a text that is made for it takes no pattern longer than its length is worth', () => {
  it.each<[string, string, (text: string) => unknown]>([
    ['blanks before what was signed', `${' '.repeat(LENGTH)}QSERVER STRINGTOSIGN`, sanitizeMessage],
    ['addresses in addresses', `${'HTTP://'.repeat(LENGTH / 7)}\tHTTP://?`, sanitizeMessage],
    ['names of secrets', 'Signature='.repeat(LENGTH / 10), sanitizeMessage],
    [
      'almost a secret, over and over',
      's'
        .repeat(29)
        .concat('x')
        .repeat(LENGTH / 30),
      sanitize,
    ],
    [
      'a signer without an end',
      `ACS3-${'a'.repeat(LENGTH)}`,
      (text) => callerOf(httpWith({ Authorization: text }), true),
    ],
    [
      'a signer with many names',
      'ACS3-a Credential='.repeat(LENGTH / 18),
      (text) => callerOf(httpWith({ Authorization: text }), true),
    ],
    ['a type of dots', `application/${'a.'.repeat(LENGTH / 2)}`, (text) => readTyped(text)],
    ['a type of semicolons', ';\n'.repeat(LENGTH / 2), (text) => readTyped(text)],
  ])('%s', (_, text, step) => {
    const parse = timeOf(() => JSON.parse(JSON.stringify({ text })));
    expect(timeOf(() => step(text)) / parse).toBeLessThan(200);
  });

  it('and a secret is hidden wherever a message is cut', () => {
    for (let before = 940; before < 4_020; before += 7) {
      expect(sanitize(`${'-'.repeat(before)}${SECRET}`)).not.toContain('s'.repeat(8));
    }
  });
});
