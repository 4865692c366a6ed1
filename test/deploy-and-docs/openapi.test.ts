import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { promisify } from 'node:util';
import { describe, expect, test } from 'vitest';
import { examples, openApi } from '../../functions/detach-key-pair/answer/openapi.ts';
import { parseRequest } from '../../functions/detach-key-pair/request/parse-request.ts';
import { loadConfig } from '../../shared/config/config.ts';

describe('docs/openapi.json', () => {
  test('is what the function answers: npm run openapi writes it anew', () => {
    const written: unknown = JSON.parse(readFileSync('docs/openapi.json', 'utf8'));
    expect(written).toEqual(JSON.parse(JSON.stringify(openApi())));
  });

  test('passes the linter', async () => {
    const lint = ['lint', 'docs/openapi.json', '--config', 'docs/redocly.yaml', '--format', 'json'];
    const { stdout } = await promisify(execFile)('node_modules/.bin/redocly', lint, {
      env: { ...process.env, REDOCLY_TELEMETRY: 'off', REDOCLY_SUPPRESS_UPDATE_NOTICE: 'true' },
    });
    expect(JSON.parse(stdout)).toMatchObject({ totals: { errors: 0, warnings: 0 } });
  });

  test.each(Object.entries(examples))('shows a request that is taken: %s', (_, { value }) => {
    const { scope } = parseRequest(value, loadConfig({}));
    if (scope.kind === 'one') expect(scope.where.keyPairName).toBe('testKeyPairName');
    else expect(scope).toMatchObject({ regionIds: '*', key: { publicKey: { type: 'ssh-ed25519' } } });
  });
});
