import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type LocalCloud, startLocalCloud } from '../../../local-cloud/cloud.ts';
import { detaching } from '../../support/detaching.ts';
import { REQUEST_ID } from '../../support/events.ts';

let cloud: LocalCloud;
let ask: ReturnType<typeof detaching>;

beforeAll(async () => {
  cloud = await startLocalCloud({ instances: 2 });
  ask = detaching(cloud, { variables: { MAX_INSTANCES: '3' } });
});
afterAll(() => cloud.stop());

const good = { RegionId: 'cn-hangzhou', KeyPairName: 'leaked-key', InstanceIds: ['i-bp1nosuch'] };
const body = (fields: object) => ({ body: { ...good, ...fields } });
const without = (name: keyof typeof good) => ({
  body: Object.fromEntries(Object.entries(good).filter(([key]) => key !== name)),
});
const text = (content: string, type = 'application/json') => ({ body: content, headers: { 'Content-Type': type } });
const rpc = (query: Record<string, string>) => ({
  query: { RegionId: 'cn-hangzhou', KeyPairName: 'leaked-key', ...query },
});

const BAD_IDS = 'InvalidInstanceIds.ValueNotSupported';

describe('a refusal', () => {
  it.each([
    ['another method', { method: 'DELETE' }, 405, 'UnsupportedHTTPMethod', 'DELETE'],
    ['HEAD', { method: 'HEAD' }, 405, 'UnsupportedHTTPMethod', 'HEAD'],
    ['a path that is not there', { method: 'GET', path: '/nowhere' }, 404, 'NotFound', ''],
    ['8 MiB and a byte', text('x'.repeat(8 * 1024 * 1024 + 1)), 413, 'RequestTooLarge', '8388609'],
    [
      'too many bytes in base64',
      { ...text('A'.repeat(12_000_000)), isBase64Encoded: true },
      413,
      'RequestTooLarge',
      '9000000',
    ],
    ['too many bytes before their type', text('x'.repeat(9_000_000), 'text/xml'), 413, 'RequestTooLarge', ''],
    ['XML', text('<a/>', 'text/xml'), 415, 'UnsupportedMediaType', 'JSON'],
    ['plain text', text('{}', 'text/plain; charset=utf-8'), 415, 'UnsupportedMediaType', 'JSON'],
    ['not JSON', text('{'), 400, 'MalformedBody', 'JSON'],
    ['no body where JSON was announced', text(''), 400, 'MalformedBody', 'JSON'],
    ['a JSON array', text('[]'), 400, 'MalformedBody', 'object'],
    ['JSON null', text('null'), 400, 'MalformedBody', 'object'],
    ['bad base64', { ...text('e30*'), isBase64Encoded: true }, 400, 'MalformedBody', 'base64'],
    ['half of base64', { ...text('e30'), isBase64Encoded: true }, 400, 'MalformedBody', 'base64'],
    ['bytes that are not UTF-8', { ...text('/////w=='), isBase64Encoded: true }, 400, 'MalformedBody', 'UTF-8'],
    ['a broken form', text('RegionId=%zz', 'application/x-www-form-urlencoded'), 400, 'MalformedBody', 'form'],
    ['another operation in the query', rpc({ Action: 'RunInstances' }), 404, 'InvalidAction.NotFound', 'RunInstances'],
    [
      'another operation in the header',
      { ...body({}), headers: { 'X-Acs-Action': 'RunInstances' } },
      404,
      'InvalidAction.NotFound',
      'RunInstances',
    ],
    [
      "FC's own operation in the query",
      rpc({ Action: 'InvokeFunction' }),
      404,
      'InvalidAction.NotFound',
      'InvokeFunction',
    ],
    ['another version', rpc({ Action: 'DetachKeyPair', Version: '2015-01-01' }), 400, 'InvalidVersion', '2015-01-01'],
    [
      'another version in the header',
      { ...body({}), headers: { 'X-Acs-Version': '2016-08-15' } },
      400,
      'InvalidVersion',
      '2016-08-15',
    ],
    ['XML asked for', rpc({ Format: 'xml' }), 400, 'UnsupportedParameter', 'Format'],
    ['no region', without('RegionId'), 400, 'MissingParameter', 'RegionId'],
    ['no key pair', without('KeyPairName'), 400, 'MissingParameter', 'KeyPairName'],
    ['no instances', without('InstanceIds'), 400, 'MissingParameter', 'InstanceIds'],
    ['nothing at all', {}, 400, 'MissingParameter', 'RegionId'],
    [
      'a query without a key pair',
      { query: { RegionId: 'cn-hangzhou', InstanceIds: 'i-bp1nosuch' } },
      400,
      'MissingParameter',
      'KeyPairName',
    ],
    ['instances that are no list', body({ InstanceIds: 'i-bp1nosuch' }), 400, BAD_IDS, 'InstanceIds'],
    ['null instances', body({ InstanceIds: null }), 400, BAD_IDS, 'InstanceIds'],
    ['an empty list', body({ InstanceIds: [] }), 400, BAD_IDS, 'InstanceIds'],
    ['a malformed id', body({ InstanceIds: ['i-bp1nosuch', 'i-*'] }), 400, BAD_IDS, '"i-*"'],
    ['a number for an id', body({ InstanceIds: [12] }), 400, BAD_IDS, '12'],
    ['an id that ends in a line', body({ InstanceIds: ['i-bp1nosuch\n'] }), 400, BAD_IDS, 'i-bp1nosuch'],
    ['an id without end', body({ InstanceIds: [`i-${'a'.repeat(5000)}`] }), 400, BAD_IDS, 'aaa…'],
    ['a broken JSON array in the query', rpc({ InstanceIds: '["i-bp1nosuch"' }), 400, BAD_IDS, 'JSON'],
    ['no ids in the query', rpc({ InstanceIds: '' }), 400, BAD_IDS, 'InstanceIds'],
    ['a short key pair name', body({ KeyPairName: 'a' }), 400, 'InvalidKeyPairName.Malformed', 'KeyPairName'],
    ['a digit first', body({ KeyPairName: '1abc' }), 400, 'InvalidKeyPairName.Malformed', 'KeyPairName'],
    ['a URL for a name', body({ KeyPairName: 'http://a' }), 400, 'InvalidKeyPairName.Malformed', 'KeyPairName'],
    ['129 characters', body({ KeyPairName: 'a'.repeat(129) }), 400, 'InvalidKeyPairName.Malformed', 'KeyPairName'],
    ['a region that is a host', body({ RegionId: 'x@127.0.0.1:80/#' }), 400, 'InvalidRegionId.Malformed', 'RegionId'],
    ['a region without end', body({ RegionId: `cn-${'a'.repeat(62)}` }), 400, 'InvalidRegionId.Malformed', 'RegionId'],
    ['null for a region', body({ RegionId: null }), 400, 'InvalidRegionId.Malformed', 'RegionId'],
    ['a misspelt field', body({ Rebot: true }), 400, 'InvalidParameter', 'Rebot'],
    [
      'a prototype key',
      text(JSON.stringify(good).replace('{', '{"__proto__":{"x":1},')),
      400,
      'InvalidParameter',
      '__proto__',
    ],
    [
      'a prototype key in the query',
      rpc({ InstanceIds: 'i-bp1nosuch', constructor: 'x' }),
      400,
      'InvalidParameter',
      'constructor',
    ],
    ['a misspelt parameter', rpc({ InstanceIds: 'i-bp1nosuch', Rebot: 'true' }), 400, 'InvalidParameter', 'Rebot'],
    ['a value that is not listed', body({ ReturnResults: 'all' }), 400, 'InvalidParameter', 'ReturnResults'],
    ['an empty token', body({ ClientToken: '' }), 400, 'InvalidParameter', 'ClientToken'],
    ['a token of 65', body({ ClientToken: 'x'.repeat(65) }), 400, 'InvalidParameter', 'ClientToken'],
    ['a token that is not ASCII', body({ ClientToken: 'ü' }), 400, 'InvalidParameter', 'ClientToken'],
    [
      'two tokens',
      { ...body({ ClientToken: 'a' }), headers: { 'Idempotency-Key': 'b', 'Content-Type': 'application/json' } },
      400,
      'InvalidParameter',
      'Idempotency-Key',
    ],
    [
      'a bad token in the header',
      { ...body({}), headers: { 'Idempotency-Key': 'x'.repeat(65), 'Content-Type': 'application/json' } },
      400,
      'InvalidParameter',
      'Idempotency-Key',
    ],
    [
      'a name in two places',
      {
        ...text('RegionId=cn-hangzhou&KeyPairName=leaked-key', 'application/x-www-form-urlencoded'),
        query: { RegionId: 'cn-hangzhou' },
      },
      400,
      'InvalidParameter',
      'RegionId',
    ],
    [
      'a name twice in a form',
      text('RegionId=cn-hangzhou&RegionId=cn-beijing', 'application/x-www-form-urlencoded'),
      400,
      'InvalidParameter',
      'RegionId',
    ],
    [
      'more than MAX_INSTANCES',
      body({ InstanceIds: ['i-aaa', 'i-bbb', 'i-ccc', 'i-ddd'] }),
      403,
      'InstanceKeyPairLimitExceeded',
      'at most 3',
    ],
  ] as const)('of %s', async (_, http, status, code, word) => {
    const answered = await ask(http);
    expect([answered.status, answered.body.Code]).toEqual([status, code]);
    expect(answered.body.Message).toContain(word);
    expect(Object.keys(answered.body)).toEqual(['RequestId', 'HostId', 'Code', 'Message', 'Recommend']);
    expect(answered.body).toMatchObject({ RequestId: REQUEST_ID, HostId: 'detach.cn-hangzhou.fcapp.run' });
    expect(answered.headers).toMatchObject({
      'x-acs-request-id': REQUEST_ID,
      'content-type': 'application/json; charset=utf-8',
    });
    expect(cloud.ecs.calls).toEqual([]);
  });

  it('recommends the runbook for a code of its own, and the page of ECS for one of ECS', async () => {
    const own = await ask({ method: 'PUT' });
    expect(own.body.Recommend).toBe('docs/runbook.md#a-request-was-refused-or-failed-whole');
    const { body: answered } = await ask(body({ RegionId: undefined }));
    expect(answered.Code).toBe('MissingParameter');
    expect(answered.Recommend).toBe(
      `https://api.alibabacloud.com/troubleshoot?q=MissingParameter&product=Ecs&requestId=${REQUEST_ID}`,
    );
  });

  it('of a method names those that are taken', async () => {
    const { headers } = await ask({ method: 'PUT' });
    expect(headers['allow']).toBe('GET, POST, OPTIONS');
  });

  it.each([
    ['ALLOWED_REGIONS', 'cn-beijing, cn-shanghai', 'Forbidden.Region'],
    ['ALLOWED_KEY_PAIRS', 'other,old-*', 'Forbidden.KeyPairName'],
    ['ALLOWED_ROLE_ARNS', 'acs:ram::1:role/other', 'Forbidden.RoleArn'],
  ])('by %s comes before anything is sent, and names it', async (name, value, code) => {
    const fields = code === 'Forbidden.RoleArn' ? { RoleArn: 'acs:ram::1:role/detach' } : {};
    const answered = await ask(body(fields), { variables: { [name]: value } });
    expect([answered.status, answered.body.Code]).toEqual([403, code]);
    expect(answered.body.Message).toContain(name);
    expect(cloud.ecs.calls).toEqual([]);
  });
});

describe('a setting that cannot be', () => {
  it.each([
    ['DETACH_CONCURRENCY', '0'],
    ['DETACH_CONCURRENCY', '51'],
    ['DETACH_CONCURRENCY', 'eight'],
    ['MAX_INSTANCES', '100001'],
    ['MAX_RESPONSE_BYTES', '-1'],
    ['DEADLINE_MARGIN_MS', '1.5'],
    ['ECS_TIMEOUT_MS', '0'],
    ['ECS_ENDPOINT', 'http://ecs.example.com'],
    ['ECS_ENDPOINT', 'https://user:password@ecs.example.com'],
    ['ECS_ENDPOINT', 'https://ecs.example.com/path'],
    ['ECS_ENDPOINT', 'ecs.example.com'],
    ['ECS_ENDPOINT', 'https://ecs.example.com:port'],
    ['FC_ENDPOINT', 'http://127.0.0.1.example.com'],
    ['STS_ENDPOINT', 'https://sts.example.com'],
    ['STS_ENDPOINT', 'sts.example.com/@evil'],
    ['STS_ENDPOINT', 'sts.example.com:99999'],
    ['REBOOT_FUNCTION_NAME', '../other'],
    ['REBOOT_SERVICE_NAME', 'a b'],
    ['REBOOTS_DISABLED', 'yes'],
    ['ALLOWED_ROLE_ARNS', 'admin'],
    ['ALLOWED_REGIONS', ','],
    ['ALLOWED_KEY_PAIRS', 'a*b'],
    ['ROLE_EXTERNAL_ID', 'x'],
    ['CORS_ALLOWED_ORIGINS', 'example.com'],
    ['WEBHOOK_SECRETS', 'not base64!'],
    ['LOG_LEVEL', 'loud'],
  ])('is our fault for every call: %s=%s', async (name, value) => {
    for (const http of [body({}), { method: 'GET', path: '/healthz' }, { method: 'OPTIONS' }]) {
      const answered = await ask(http, { variables: { [name]: value } });
      expect([answered.status, answered.body.Code]).toEqual([500, 'InternalError']);
      expect(answered.body.Message).toContain(REQUEST_ID);
      expect(answered.body.Message).not.toContain(name);
      expect(JSON.stringify(answered.lines)).toContain(`${name} must be`);
    }
  });

  it('is not one that is empty', async () => {
    const { status } = await ask(
      { method: 'GET', path: '/healthz' },
      { variables: { LOG_LEVEL: '', ALLOWED_REGIONS: ' ' } },
    );
    expect(status).toBe(200);
  });
});
