import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CallError } from '../../shared/ecs/call-error.ts';
import { bundledPorts, type Ports } from './bundled-ports.ts';
import * as sources from './ports.ts';
import { type Canned, type RawServer, startRawServer } from './raw-server.ts';

let bundled: Ports;
let server: RawServer;

beforeAll(async () => {
  bundled = await bundledPorts();
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
  'a compressed success': { headers: { ...json, 'content-encoding': 'gzip' }, body: gzipSync('{"RequestId":"R-1"}') },
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
    return { returned: JSON.parse(JSON.stringify((await call) ?? null)) };
  } catch (error) {
    if (!(error instanceof Error)) return { thrown: error };
    const { cause, stack, ...facts } = { ...error, name: error.name, message: error.message };
    return { thrown: facts };
  }
}

const names = [
  'DetachKeyPair',
  'DescribeInstances by ids',
  'RebootInstances',
  'RunCommand',
  'InvokeFunction of FC 3.0',
  'GetAsyncTask of FC 3.0',
  'InvokeFunction of FC 2.0',
] as const;

describe('the bundle tells of an answer what the sources tell by the packages as they are published', () => {
  describe.each(names)('%s', (name) => {
    it.each(Object.keys(answers))('%s', async (said) => {
      server.answer(answers[said] ?? {});
      const at = { endpoint: server.address };
      const of = ({ ecsCalls, fc3Calls, lazyCalls }: Ports) => ({ ...ecsCalls, ...fc3Calls, ...lazyCalls })[name](at);
      expect(await told(of(bundled))).toEqual(await told(of(sources)));
    });
  });
});

describe('what a call is told to have met', () => {
  it('a throttle, with the hint and the code of ECS', async () => {
    server.answer(answers['a throttle'] ?? {});
    const error = await sources.ecsCalls.DetachKeyPair({ endpoint: server.address }).catch((thrown) => thrown);
    expect(error).toBeInstanceOf(CallError);
    expect(error).toMatchObject({ status: 400, code: 'Throttling.User', retryAfterMs: 1200 });
  });

  it('a refusal in XML, which gateways on the way speak', async () => {
    server.answer(answers['a refusal in XML'] ?? {});
    const error = await bundled.ecsCalls.DetachKeyPair({ endpoint: server.address }).catch((thrown) => thrown);
    expect(error).toMatchObject({ status: 400, code: 'Throttling.Api', message: 'a < b' });
  });

  it('no service at all', async () => {
    const error = await bundled.ecsCalls.DetachKeyPair({ endpoint: '127.0.0.1:1' }).catch((thrown) => thrown);
    expect(error).toMatchObject({ message: expect.stringContaining('ECONNREFUSED at 127.0.0.1') });
  });
});
