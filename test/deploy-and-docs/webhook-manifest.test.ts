import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { loadConfig } from '../../shared/config/config.ts';
import { recordOf } from '../../shared/record.ts';
import { substitute, variablesOf } from './substitute.ts';

const text = readFileSync('docs/webhook/s.yaml', 'utf8');
const environment = {
  DETACH_ROLE_ARN: 'acs:ram::1234567890123456:role/fc-detach-key-pair',
  ON_FAILURE_DESTINATION: 'acs:mns:cn-hangzhou:1234567890123456:/queues/fc-detach-key-pair-failures/messages',
  WEBHOOK_SECRETS: 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw',
  ALLOWED_REGIONS: 'cn-hangzhou',
  ALLOWED_KEY_PAIRS: '*',
};

const propsOf = (manifest: string, name: string) =>
  recordOf(recordOf(recordOf(recordOf(substitute(parse(manifest), environment).value)['resources'])[name])['props']);

describe('docs/webhook/s.yaml', () => {
  it('takes nothing but signed POSTs, on the anonymous trigger', () => {
    const { triggers, environmentVariables, concurrencyConfig } = propsOf(text, 'detach-key-pair-webhook');
    expect(triggers).toMatchObject([{ triggerConfig: { authType: 'anonymous', methods: ['POST'] } }]);
    expect(concurrencyConfig).toEqual({ reservedConcurrency: expect.any(Number) });
    const variables = Object.fromEntries(
      Object.entries(recordOf(environmentVariables)).map(([name, value]) => [name, String(value)]),
    );
    expect(loadConfig(variables)).toMatchObject({ httpCallers: 'webhooks', allowedRegions: ['cn-hangzhou'] });
  });

  it('is deployed as s.yaml deploys the function, but for what guards it', () => {
    const different = 'functionName description code environmentVariables concurrencyConfig triggers role'.split(' ');
    const same = (props: object) =>
      Object.fromEntries(Object.entries(props).filter(([key]) => !different.includes(key)));
    const usual = propsOf(readFileSync('s.yaml', 'utf8'), 'detach-key-pair');
    expect(same(propsOf(text, 'detach-key-pair-webhook'))).toEqual(same(usual));
  });
});

describe.each(['s.yaml', 'docs/webhook/s.yaml'])('%s', (file) => {
  const manifest = readFileSync(file, 'utf8');
  const guards = ['ALLOWED_REGIONS', 'ALLOWED_KEY_PAIRS', ...(file === 's.yaml' ? [] : ['WEBHOOK_SECRETS'])];

  it.each(guards)('cannot be deployed from a shell that does not say %s', (guard) => {
    expect(variablesOf(manifest).get(guard)).toBe('required');
    const { problems } = substitute(
      parse(manifest),
      Object.fromEntries(Object.entries(environment).filter(([name]) => name !== guard)),
    );
    expect(problems.join('\n')).toContain(`the environment has no ${guard}`);
  });
});
