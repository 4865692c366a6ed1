import { readFileSync } from 'node:fs';
import path from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { functionsIn } from '../../local-cloud/cli/functions.ts';
import { recordOf } from '../../shared/record.ts';
import { blocks } from '../deploy-and-docs/pages.ts';
import { substitute } from '../deploy-and-docs/substitute.ts';
import { type Child, run, script, start } from './children.ts';

const DEMO = 'local-cloud/cli/demo.ts';
const START = 'local-cloud/cli/start.ts';

describe('npm run demo', () => {
  test('answers with what failed as JSON on stdout, and ends with what was asked, done and failed', async () => {
    const { code, stdout, stderr } = await run(...script(DEMO, ['--instances', '60', '--bad', '3']));
    expect(code).toBe(0);
    const answer = JSON.parse(stdout);
    expect(answer).toMatchObject({ TotalCount: '60', FailCount: '3' });
    expect(answer.Results.Result.map(({ Success }: { Success: string }) => Success)).toEqual([
      'false',
      'false',
      'false',
    ]);
    expect(stderr.trimEnd().split('\n').at(-1)).toMatch(
      /^60 asked, 57 detached, 3 failed, by \d+ calls of DetachKeyPair, in \d+\.\d\d s$/,
    );
  });

  test('lists every instance with --all, and restarts with --reboot', async () => {
    const { code, stdout, stderr } = await run(...script(DEMO, ['--instances', '120', '--all', '--reboot']));
    expect(code).toBe(0);
    expect(JSON.parse(stdout).Results.Result).toHaveLength(120);
    expect(stderr).toContain('120 instances restarted once, at most 100 down at once');
  });

  test.each([
    ['a misspelt flag', ['--reebot'], {}, 2, /Unknown option '--reebot'/],
    ['a flag that npm took, its -- forgotten', [], { npm_config_reboot: 'true' }, 2, /npm run demo -- --reboot/],
    ['more bad ones than there are', ['--instances', '1', '--bad', '2'], {}, 2, /--bad cannot be more/],
  ])('refuses %s', async (_, flags, env, code, message) => {
    const ended = await run(...script(DEMO, flags), { env });
    expect(ended).toMatchObject({ code, stdout: '' });
    expect(ended.stderr).toMatch(message);
  });

  test('prints its flags on stdout with --help, and ends well', async () => {
    expect(await run(...script(DEMO, ['--help']))).toMatchObject({
      code: 0,
      stdout: expect.stringContaining('--instances'),
      stderr: '',
    });
  });
});

describe('npm start', () => {
  let child: Child | undefined;
  afterEach(async () => {
    child?.process.kill('SIGTERM');
    await child?.ended;
    child = undefined;
  });

  async function started(...flags: string[]): Promise<string> {
    child = start(...script(START, ['--port', '0', ...flags]));
    return child.says(/NODE_EXTRA_CA_CERTS=\S+\n/);
  }

  /** A shell line as printed; curl is imitated, so that no machine needs one. */
  function shell(line: string, env: Record<string, string> = {}) {
    const PATH = `${path.resolve('test/cli/bin')}:${process.env['PATH']}`;
    return run('sh', ['-c', line], { env: { ...env, PATH } });
  }

  test('prints a curl line that works, with a bearer token too', async () => {
    const banner = await started('--instances', '5', '--bearer', "it's secret");
    const { stdout } = await shell(/^ {2}curl .*$/m.exec(banner)?.[0] ?? '');
    expect(JSON.parse(stdout)).toMatchObject({ TotalCount: '2', FailCount: '0', Reboot: { TotalCount: '2' } });
  });

  test('every curl line of README, docs/requests.md and docs/everywhere.md works against it', async () => {
    const banner = await started();
    const variables = /^ {2}export (URL=\S+) (TRIGGER_URL=\S+)$/m.exec(banner);
    const env = Object.fromEntries(variables?.slice(1).map((text) => text.split(/=(.*)/)) ?? []);
    const lines = ['README.md', 'docs/requests.md', 'docs/everywhere.md']
      .flatMap((page) => blocks(page, 'sh'))
      .flatMap(({ text }) => text.split(/^(?=curl )/m).filter((line) => /^curl .*"\$(TRIGGER_)?URL/.test(line)));
    expect(lines).toHaveLength(7);
    for (const line of lines) {
      const { stdout, stderr } = await shell(line, env);
      expect(JSON.parse(stdout), `${line}\n${stderr}`).toMatchObject({ FailCount: '0' });
    }
  });

  test('has as many of each kind as are asked for', async () => {
    const banner = await started(
      '--instances',
      '12',
      '--windows',
      '2',
      '--stopped',
      '3',
      '--other-key',
      '4',
      '--tagged',
      '1',
    );
    const url = /export URL=(\S+)/.exec(banner)?.[1] ?? '';
    const body = { RegionId: 'cn-hangzhou', KeyPairName: 'leaked-key', Filter: {}, DryRun: true };
    const count = async (more: object) => {
      const answer = await post(url, { ...body, ...more });
      return recordOf(await answer.json())['TotalCount'];
    };
    expect(await count({})).toBe('6');
    expect(await count({ Filter: { Tags: [{ Key: 'env', Value: 'staging' }] } })).toBe('1');
    expect(await count({ KeyPairName: 'another-key' })).toBe('4');
  });

  test('has the limit of instances that s.yaml deploys', async () => {
    const url = /export URL=(\S+)/.exec(await started('--instances', '1'))?.[1] ?? '';
    const InstanceIds = Array.from({ length: 10_001 }, (_, n) => `i-${String(n).padStart(20, '0')}`);
    const body = { RegionId: 'cn-hangzhou', KeyPairName: 'leaked-key', InstanceIds, DryRun: true };
    const answer = await post(url, body);
    expect(await answer.json()).toMatchObject({ Code: 'InstanceKeyPairLimitExceeded' });
  });

  test('with --signed its trigger refuses what is not signed, and the printed line signs', async () => {
    const banner = await started('--signed');
    const url = /export URL=(\S+)/.exec(banner)?.[1] ?? '';
    expect((await post(url, {})).status).toBe(401);
    const { stdout } = await shell(/^ {2}ALIBABA_CLOUD_ACCESS_KEY_ID=.*\n.*$/m.exec(banner)?.[0] ?? '');
    expect(JSON.parse(stdout)).toMatchObject({ DryRun: 'true', FailCount: '0' });
  });

  test.each([
    [['--windows', '3', '--instances', '2'], /--instances 2 is less than the 3/],
    [['--signed', '--bearer', 'x'], /exclude each other/],
    [['--port', '70000'], /--port takes a whole number up to 65535/],
  ])('refuses %j', async (flags, message) => {
    const ended = await run(...script(START, flags));
    expect(ended.code).toBe(2);
    expect(ended.stderr).toMatch(message);
  });
});

test('the local cloud runs each function as s.yaml deploys it', () => {
  const environment = {
    ...{ ON_FAILURE_DESTINATION: 'd', DETACH_ROLE_ARN: 'r', REBOOT_ROLE_ARN: 'r', REMOVE_ROLE_ARN: 'r' },
    ...{ ALLOWED_REGIONS: '*', ALLOWED_KEY_PAIRS: '*' },
  };
  const manifest = recordOf(substitute(parse(readFileSync('s.yaml', 'utf8')), environment).value);
  const deployed = Object.entries(recordOf(manifest['resources'])).map(([name, resource]) => {
    const props = recordOf(recordOf(resource)['props']);
    const queue = recordOf(props['asyncInvokeConfig']);
    const reserved = recordOf(props['concurrencyConfig'])['reservedConcurrency'];
    const said = Object.entries(recordOf(props['environmentVariables'])).filter(
      ([, value]) => value !== '' && value !== 'false',
    );
    return [
      name,
      {
        code: `${path.normalize(String(props['code']))}/index.js`,
        timeoutSeconds: props['timeout'],
        memoryMb: props['memorySize'],
        environment: Object.fromEntries(said),
        asyncTask: queue['asyncTask'],
        maxAsyncRetryAttempts: queue['maxAsyncRetryAttempts'],
        maxAsyncEventAgeInSeconds: queue['maxAsyncEventAgeInSeconds'],
        onFailure: true,
        ...(Array.isArray(props['triggers']) && { httpTrigger: true }),
        ...(reserved !== undefined && { maxInstances: reserved }),
      },
    ];
  });
  expect(functionsIn('dist')).toEqual(Object.fromEntries(deployed));
});

function post(url: string, body: object): Promise<Response> {
  return fetch(url, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) });
}
