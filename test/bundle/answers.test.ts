import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { callApi } from '../../shared/alibaba/call-api.ts';
import { prunedPorts } from './load-calls.ts';
import type { At } from './plain.ts';
import { client, calls as source } from './ports.ts';
import { type Canned, type RawServer, startRawServer } from './raw-server.ts';

let pruned: Record<string, (at: At) => Promise<unknown>>;
let server: RawServer;

beforeAll(async () => {
  ({ calls: pruned } = await prunedPorts());
  server = await startRawServer();
});
afterAll(() => server.close());

const json = { 'content-type': 'application/json;charset=utf-8' };
const refused = (Code: string, more: object = {}) =>
  JSON.stringify({
    RequestId: 'R-1',
    HostId: 'ecs.aliyuncs.com',
    Code,
    Message: 'No.',
    Recommend: 'https://x',
    ...more,
  });

const answers: Record<string, Canned> = {
  'a success': {
    headers: json,
    body: '{"RequestId":"R-1","FailCount":1,"Results":{"Result":[{"InstanceId":"i-1","Success":true,"Code":200,"Message":"successful"},{"InstanceId":"i-2","Success":"false","Code":"X"}]},"Unknown":{}}',
  },
  'a success that is not JSON': { headers: json, body: '<html>' },
  'a success with another shape': { headers: json, body: '{"Results":{"Result":{"InstanceId":"i-1"}}}' },
  'an empty success': { headers: json, body: '' },
  'a refusal': { status: 404, headers: json, body: refused('InvalidKeyPairName.NotFound') },
  'a denial that says more': {
    status: 403,
    headers: json,
    body: refused('Forbidden.RAM', { AccessDeniedDetail: { AuthAction: 'ecs:DetachKeyPair' } }),
  },
  'a throttle': { status: 400, headers: { ...json, 'x-acs-retry-after': '1200' }, body: refused('Throttling.User') },
  'a throttle without a hint': { status: 503, headers: json, body: refused('Throttling') },
  'a failure': { status: 500, headers: json, body: refused('InternalError') },
  'a refusal in XML': {
    status: 400,
    headers: { 'content-type': 'text/xml;charset=utf-8' },
    body: '<?xml version="1.0"?><Error><RequestId>R-1</RequestId><Code>Throttling.Api</Code><Message>a &lt; b</Message></Error>',
  },
  'a bad gateway': { status: 502, headers: { 'content-type': 'text/html' }, body: '<html>502</html>' },
  'an empty failure': { status: 503, headers: json, body: '' },
};

/** All that is told of an answer, whether it is returned or thrown. */
async function told(call: Promise<unknown> | undefined): Promise<unknown> {
  try {
    return { returned: await call };
  } catch (error) {
    if (!(error instanceof Error)) return { thrown: error };
    const { cause, stack, ...facts }: Record<string, unknown> = { ...error, name: error.name, message: error.message };
    return { thrown: facts };
  }
}

const names = [
  'DetachKeyPair',
  'DescribeInstances by ids',
  'RebootInstances',
  'InvokeFunction of FC 3.0',
  'InvokeFunction of FC 2.0',
];

describe('the bundle tells of an answer what the source tells', () => {
  describe.each(names)('%s', (name) => {
    it.each(Object.keys(answers))('%s', async (said) => {
      server.answer(answers[said] ?? {});
      const at = { host: server.address, securityToken: undefined };
      expect(await told(pruned[name]?.(at))).toEqual(await told(source[name]?.(at)));
    });
  });

  const detach = (host: string) => told(pruned['DetachKeyPair']?.({ host, securityToken: undefined }));

  it('of a throttle, the code, the status and the hint', async () => {
    server.answer(answers['a throttle'] ?? {});
    expect(await detach(server.address)).toMatchObject({
      thrown: { name: 'CallError', kind: 'throttled', code: 'Throttling.User', status: 400, retryAfterMs: 1200 },
    });
  });

  it('of a refusal in XML, the same', async () => {
    server.answer(answers['a refusal in XML'] ?? {});
    expect(await detach(server.address)).toMatchObject({
      thrown: { kind: 'throttled', code: 'Throttling.Api', status: 400, message: 'a < b' },
    });
  });

  it('of none, that nothing was reached', async () => {
    expect(await detach('127.0.0.1:1')).toMatchObject({ thrown: { name: 'CallError', reached: false, applied: 'no' } });
  });
});

describe('a call', () => {
  it('goes over TLS where nothing else is said', async () => {
    const operation = { action: 'A', version: '1', pathname: '/', method: 'POST', protocol: 'HTTPS', bodyType: 'json' };
    const call = callApi(client(), operation, {}, Object({ readTimeout: 1_000 }));
    await expect(call).rejects.toMatchObject({ code: 'ECONNREFUSED', syscall: 'connect' });
  });
});
