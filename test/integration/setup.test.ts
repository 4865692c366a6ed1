import { describe, expect, it } from 'vitest';
import { enter as enterReboots } from '../../functions/reboot-instances/invoke.ts';
import { enter as enterRemovals } from '../../functions/remove-public-key/invoke.ts';
import { setUp } from '../../shared/fc/setup.ts';
import { fcContext, REQUEST_ID } from '../support/events.ts';

const SECRET = 'canary-of-the-access-key';
const TOKEN = 'canary-of-the-security-token';
const WEBHOOK = `whsec_${Buffer.from('canary of the webhook, long enough').toString('base64')}`;
const OF_THE_CONTEXT = 'canary-of-the-context';
const variables = {
  ALIBABA_CLOUD_ACCESS_KEY_ID: 'LTAIcanary',
  ALIBABA_CLOUD_ACCESS_KEY_SECRET: SECRET,
  ALIBABA_CLOUD_SECURITY_TOKEN: TOKEN,
  WEBHOOK_SECRETS: WEBHOOK,
};
const context = fcContext({ credentials: { accessKeyId: 'LTAIother', accessKeySecret: OF_THE_CONTEXT } });

describe('the log of an invocation', () => {
  it.each([
    ['sound', {}],
    ['bad', { DETACH_CONCURRENCY: 'many' }],
  ])('hides every secret while the settings are %s', (_, more) => {
    const lines: string[] = [];
    const { log } = setUp(context, { variables: { ...variables, ...more }, write: (line) => lines.push(line) });
    log.error('failed', { cause: { message: [SECRET, TOKEN, WEBHOOK, OF_THE_CONTEXT].join(' ') } });
    const text = lines.join('\n');
    for (const secret of [SECRET, TOKEN, WEBHOOK, OF_THE_CONTEXT]) expect(text).not.toContain(secret);
    expect(text).toContain('*** *** *** ***');
  });

  it('names a bad setting, and leaves nothing to work with', () => {
    const lines: string[] = [];
    const options = { variables: { MAX_INSTANCES: 'all' }, write: (line: string) => lines.push(line) };
    expect(setUp(context, options).ready).toBeUndefined();
    expect(lines.map((line) => JSON.parse(line))).toMatchObject([
      {
        level: 'error',
        event: 'failed',
        requestId: REQUEST_ID,
        cause: { message: expect.stringMatching(/^MAX_INSTANCES must be/) },
      },
    ]);
  });
});

describe.each([
  ['reboot-instances', enterReboots],
  ['remove-public-key', enterRemovals],
])('a message that %s cannot read', (_, enter) => {
  it.each([
    ['not JSON', '{'],
    ['another object', '{"Version":1,"RegionId":"x@evil"}'],
  ])('is thrown, and leaves a line in the log: %s', async (_name, text) => {
    const lines: Record<string, unknown>[] = [];
    const options = { variables, write: (line: string) => lines.push(JSON.parse(line)) };
    await expect(enter(Buffer.from(text), context, options)).rejects.toThrow('MalformedBody');
    expect(lines).toMatchObject([{ level: 'warn', event: 'malformed message', requestId: REQUEST_ID }]);
  });

  it('is an error of ours while a setting is bad', async () => {
    const options = { variables: { LOG_LEVEL: 'loud' }, write: () => {} };
    await expect(enter(Buffer.from('{}'), context, options)).rejects.toThrow('InternalError');
  });
});
