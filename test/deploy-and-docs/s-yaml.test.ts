import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { parseDocument } from 'yaml';
import { FUNCTIONS } from '../../build/build.ts';
import { loadConfig } from '../../shared/config/config.ts';
import { recordOf } from '../../shared/record.ts';
import { checkManifest } from './check-manifest.ts';
import { substitute, variablesOf } from './substitute.ts';
import { canBeDeployed, settings } from './variables.ts';

const text = readFileSync('s.yaml', 'utf8');

const environment = {
  DETACH_ROLE_ARN: 'acs:ram::1234567890123456:role/fc-detach-key-pair',
  REBOOT_ROLE_ARN: 'acs:ram::1234567890123456:role/fc-reboot-instances',
  REMOVE_ROLE_ARN: 'acs:ram::1234567890123456:role/fc-remove-public-key',
  ALLOWED_REGIONS: '*',
  ALLOWED_KEY_PAIRS: '*',
  ON_FAILURE_DESTINATION: 'acs:mns:cn-hangzhou:1234567890123456:/queues/fc-detach-key-pair-failures/messages',
};

const detach = ['resources', 'detach-key-pair', 'props'];
const reboot = ['resources', 'reboot-instances', 'props'];
const http = [...detach, 'triggers', 0];

type Path = readonly (string | number)[];

const reference = (expression: string) => `$\{${expression}}`;

function changed(path: Path, value: unknown): string {
  const document = parseDocument(text);
  if (value === undefined) document.deleteIn(path);
  else document.setIn(path, value);
  return document.toString({ lineWidth: 0 });
}

describe('s.yaml', () => {
  test('is sound as it is', () => {
    expect(checkManifest(text, environment)).toEqual([]);
  });

  test('is sound with every variable set', () => {
    const all = {
      ...environment,
      REGION: 'eu-central-1',
      ALLOWED_REGIONS: 'cn-hangzhou,eu-central-1',
      ALLOWED_KEY_PAIRS: 'leaked-*',
      ALLOWED_ROLE_ARNS: 'acs:ram::2222222222222222:role/detach',
      ROLE_EXTERNAL_ID: 'detach-key-pair',
      CORS_ALLOWED_ORIGINS: 'https://portal.example.com',
      REBOOTS_DISABLED: 'true',
      ONLINE_DISABLED: 'true',
    };
    expect(checkManifest(text, all)).toEqual([]);
    expect(Object.keys(all).sort()).toEqual([...variablesOf(text).keys()].sort());
  });

  test('names the functions as the build and the code do', () => {
    const { resources } = recordOf(substitute(parseDocument(text).toJS(), environment).value);
    expect(Object.keys(recordOf(resources))).toEqual([...FUNCTIONS]);
    expect(loadConfig({}).rebootFunctionName).toBe('reboot-instances');
    expect(loadConfig({}).removeFunctionName).toBe('remove-public-key');
  });

  test('lets every setting be deployed that FC lets a function have', () => {
    expect(settings()).toContain('DETACH_CONCURRENCY');
    expect(settings()).not.toContain('FC_FUNCTION_NAME');
    for (const name of settings().filter(canBeDeployed)) {
      const problems = checkManifest(changed([...detach, 'environmentVariables', name], ''), environment);
      expect(problems, name).toEqual([]);
    }
  });
});

describe('a mistake in s.yaml is found and its place is named', () => {
  const mistakes: [what: string, path: Path, value: unknown, problem: RegExp][] = [
    ['a misspelt key at the top', ['resource'], {}, /^resource: there is no such key/],
    ['another edition', ['edition'], '1.0.0', /^edition: must be "3.0.0"/],
    ['a misspelt function', ['resources', 'detach-keypair'], {}, /^resources\.detach-keypair: there is no such key/],
    ['a function left out', ['resources', 'reboot-instances'], undefined, /^resources\.reboot-instances: is missing/],
    ['another component', ['resources', 'detach-key-pair', 'component'], 'fc', /\.component: must be "fc3"/],
    [
      'a misspelt key of a resource',
      ['resources', 'detach-key-pair', 'prop'],
      {},
      /detach-key-pair\.prop: there is no/,
    ],
    ['a misspelt key of a function', [...detach, 'memorysize'], 512, /detach-key-pair\.props\.memorysize: there is no/],
    ['a timeout left to the default of 3 s', [...detach, 'timeout'], undefined, /detach.*\.timeout: is missing/],
    ['a short timeout', [...detach, 'timeout'], 3, /detach.*\.timeout: must be 300/],
    ['a short timeout of the other', [...reboot, 'timeout'], 60, /reboot.*\.timeout: must be 600/],
    ['another runtime', [...detach, 'runtime'], 'nodejs22', /\.runtime: must be "nodejs20"/],
    ['code that is not built', [...detach, 'code'], './dist', /\.code: must be ".\/dist\/detach-key-pair"/],
    ['another handler', [...reboot, 'handler'], 'index.main', /\.handler: must be "index.handler"/],
    ['an odd memory size', [...detach, 'memorySize'], 500, /\.memorySize: must be multiple of 64/],
    ['too little memory for the cores', [...detach, 'cpu'], 1, /detach.*\.cpu: 1 to 4 GB/],
    ['too few cores for the memory', [...reboot, 'memorySize'], 2_048, /reboot.*\.cpu: 1 to 4 GB/],
    ['no role', [...detach, 'role'], undefined, /\.role: is missing/],
    ['a role that would be lower-cased', [...detach, 'role'], 'acs:ram::1:role/FcDetach', /\.role: must match/],
    ['concurrency of a custom runtime', [...detach, 'instanceConcurrency'], 20, /instanceConcurrency: there is no/],
    ['no logs', [...detach, 'logConfig'], undefined, /\.logConfig: is missing/],
    ['a misspelt log setting', [...detach, 'logConfig'], 'Auto', /\.logConfig: must match/],
    ['a log store without a project', [...detach, 'logConfig'], { logstore: 'x' }, /\.logConfig\.project: is missing/],
    [
      'an unknown variable',
      [...detach, 'environmentVariables', 'DETACH_CONCURENCY'],
      '4',
      /DETACH_CONCURENCY: must be/,
    ],
    ['a reserved variable', [...detach, 'environmentVariables', 'FC_ENDPOINT'], '', /\.FC_ENDPOINT: must be one of/],
    [
      'a number as a variable',
      [...detach, 'environmentVariables', 'MAX_INSTANCES'],
      500,
      /MAX_INSTANCES: must be string/,
    ],
    [
      'a boolean as a variable',
      [...reboot, 'environmentVariables', 'REBOOTS_DISABLED'],
      true,
      /REBOOTS_DISABLED: must be/,
    ],
    [
      'a value the code refuses',
      [...detach, 'environmentVariables', 'DETACH_CONCURRENCY'],
      '99',
      /whole number from 1/,
    ],
    ['too many bytes', [...detach, 'environmentVariables', 'ALLOWED_KEY_PAIRS'], 'k'.repeat(4_200), /FC takes 4 KB/],
    ['no trigger', [...detach, 'triggers'], [], /\.triggers: must contain at least 1/],
    ['a misspelt key of a trigger', [...http, 'tiggerName'], 'x', /triggers\.0\.tiggerName: there is no such key/],
    ['an unknown kind of trigger', [...http, 'triggerType'], 'https', /triggers\.0: value of tag "triggerType"/],
    ['an anonymous trigger', [...http, 'triggerConfig', 'authType'], 'anonymous', /authType: must be "function"/],
    [
      'a misspelt key of its configuration',
      [...http, 'triggerConfig', 'authtype'],
      'x',
      /authtype: there is no such key/,
    ],
    ['an unknown method', [...http, 'triggerConfig', 'methods', 0], 'TRACE', /methods\.0: must be one of GET,POST/],
    ['a method left out', [...http, 'triggerConfig', 'methods'], ['POST'], /methods: must NOT have fewer than 3 items/],
    ['a method twice', [...http, 'triggerConfig', 'methods', 3], 'GET', /methods: must NOT have duplicate items/],
    ['no asynchronous settings', [...reboot, 'asyncInvokeConfig'], undefined, /\.asyncInvokeConfig: is missing/],
    ['task mode left out', [...reboot, 'asyncInvokeConfig', 'asyncTask'], undefined, /reboot.*\.asyncTask: is missing/],
    ['task mode off', [...detach, 'asyncInvokeConfig', 'asyncTask'], false, /detach.*\.asyncTask: must be true/],
    ['too many retries', [...detach, 'asyncInvokeConfig', 'maxAsyncRetryAttempts'], 9, /RetryAttempts: must be <= 8/],
    ['other retries', [...reboot, 'asyncInvokeConfig', 'maxAsyncRetryAttempts'], 0, /RetryAttempts: must be 3/],
    ['other ages', [...reboot, 'asyncInvokeConfig', 'maxAsyncEventAgeInSeconds'], 60, /AgeInSeconds: must be 7200/],
    [
      'failures without a destination',
      [...reboot, 'asyncInvokeConfig', 'destinationConfig'],
      undefined,
      /Config: is missing/,
    ],
    [
      'a misspelt destination',
      [...reboot, 'asyncInvokeConfig', 'destinationConfig', 'onfailure'],
      {},
      /destinationConfig\.onfailure: there is no such key/,
    ],
    [
      'a destination that is none',
      [...detach, 'asyncInvokeConfig', 'destinationConfig', 'onFailure', 'destination'],
      'failures',
      /onFailure\.destination: must match/,
    ],
    ['no cap on reboots', [...reboot, 'concurrencyConfig'], undefined, /\.concurrencyConfig: is missing/],
    [
      'a cap that is none',
      [...reboot, 'concurrencyConfig', 'reservedConcurrency'],
      300,
      /reservedConcurrency: must be <= 10/,
    ],
    [
      'a trigger on the reboots',
      [...reboot, 'triggers'],
      [],
      /reboot-instances\.props\.triggers: there is no such key/,
    ],
    [
      'an unknown var',
      [...detach, 'region'],
      reference('vars.regoin'),
      /detach.*\.region: there is no text vars\.regoin/,
    ],
    [
      'an unset variable',
      [...detach, 'role'],
      reference("env('DETACH_ROLE')"),
      /\.role: the environment has no DETACH_ROLE/,
    ],
    ['another kind of reference', [...detach, 'role'], reference("config('AccountID')"), /\.role: .* is no reference/],
  ];

  test.each(mistakes)('%s', (_, path, value, problem) => {
    const problems = checkManifest(changed(path, value), environment);
    expect(problems.filter((text) => problem.test(text))).not.toEqual([]);
  });

  test('a key that is there twice', () => {
    expect(() => checkManifest(`${text}\nname: again\n`, environment)).toThrow(/unique/);
  });
});
