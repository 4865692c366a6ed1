import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Probe, plainProbe, prunedProbe } from './load-probe.ts';
import { type Canned, type RawServer, startRawServer } from './raw-server.ts';

let pruned: Probe;
let plain: Probe;
let server: RawServer;

beforeAll(async () => {
  [pruned, plain] = await Promise.all([prunedProbe(), plainProbe()]);
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
async function told(call: Promise<unknown>): Promise<unknown> {
  try {
    return { returned: JSON.parse(JSON.stringify(await call)) };
  } catch (error) {
    if (!(error instanceof Error)) return { thrown: error };
    const { stack, ...facts } = { ...error, name: error.name, message: error.message };
    return { thrown: facts };
  }
}

describe('the pruned SDKs tell of an answer what those of node_modules tell', () => {
  describe.each([
    'DetachKeyPair',
    'DescribeInstances by ids',
    'RebootInstances',
    'InvokeFunction of FC 3.0',
    'InvokeFunction of FC 2.0',
  ] as const)('%s', (name) => {
    it.each(Object.keys(answers))('%s', async (said) => {
      server.answer(answers[said] ?? {});
      const at = { endpoint: server.address };
      const expected = await told(plain.calls[name](at));
      expect(await told(pruned.calls[name](at))).toEqual(expected);
    });
  });

  it('and of none', async () => {
    const at = { endpoint: '127.0.0.1:1' };
    const expected = await told(plain.calls.DetachKeyPair(at));
    expect(expected).toMatchObject({ thrown: { code: 'ECONNREFUSED', syscall: 'connect' } });
    expect(await told(pruned.calls.DetachKeyPair(at))).toEqual(expected);
  });

  it('by errors of the same names', async () => {
    server.answer(answers['a throttle'] ?? {});
    const error = await told(pruned.calls.DetachKeyPair({ endpoint: server.address }));
    expect(error).toMatchObject({
      thrown: {
        name: 'ThrottlingError',
        code: 'Throttling.User',
        statusCode: 400,
        retryAfter: 1200,
        data: { Code: 'Throttling.User' },
      },
    });
  });
});
