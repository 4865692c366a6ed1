import { Readable } from 'node:stream';
import { afterEach, describe, expect, it } from 'vitest';
import { openApi } from '../../functions/detach-key-pair/answer/openapi.ts';
import { isFc2Response, readFc2Request, sendFc2 } from '../../functions/detach-key-pair/http/fc2.ts';
import { type LocalCloud, startLocalCloud } from '../../local-cloud/cloud.ts';
import { bundledCloud, post } from '../support/bundled-cloud.ts';
import { detaching, request } from '../support/detaching.ts';

let cloud: LocalCloud;
afterEach(() => cloud?.stop());

describe('the same bundle on FC 2.0', () => {
  it('is called with (request, response, context) and answers alike', async () => {
    cloud = await bundledCloud({ instances: 60, edition: 'fc2' });
    const InstanceIds = cloud.ecs.bound();
    const { status, headers, body } = await post(cloud, { InstanceIds });
    expect([status, body.TotalCount, body.FailCount]).toEqual([200, '60', '0']);
    expect(headers.get('x-acs-request-id')).toBe(body['RequestId']);
    const query = new URLSearchParams({
      Action: 'DetachKeyPair',
      RegionId: 'cn-hangzhou',
      KeyPairName: 'leaked-key',
      InstanceIds: InstanceIds.slice(0, 2).join(','),
    });
    const old = await fetch(`${cloud.fc.triggerUrl}?${query}`, { method: 'POST' });
    expect([old.status, await old.json()]).toMatchObject([200, { TotalCount: '2' }]);
    const refused = await post(cloud, { InstanceIds, Rebot: true });
    expect([refused.status, refused.body.Code]).toEqual([400, 'InvalidParameter']);
  });

  it('reads repeated values and whatever the stream yields', async () => {
    const stream = Object.assign(Readable.from(['{"a":', Buffer.from('1}')]), {
      method: 'post',
      path: '/x',
      queries: { one: 'a', two: ['b', 'c'], odd: 7 },
      headers: { Host: 'h', 'User-Agent': 'ua' },
      clientIP: '203.0.113.7',
    });
    expect(await readFc2Request(stream)).toEqual({
      method: 'POST',
      path: '/x',
      query: { one: 'a', two: 'b,c' },
      headers: { host: 'h', 'user-agent': 'ua' },
      body: Buffer.from('{"a":1}').toString('base64'),
      isBase64Encoded: true,
      sourceIp: '203.0.113.7',
      userAgent: 'ua',
      host: 'h',
    });
    expect(await readFc2Request({})).toMatchObject({ method: 'GET', path: '/', body: '', sourceIp: '', host: '' });
  });

  it('is told from FC 3.0 by its response object', () => {
    const response = { setStatusCode: () => {}, setHeader: () => {}, send: () => {} };
    expect(isFc2Response(response)).toBe(true);
    expect([{ requestId: 'r' }, null, undefined].map(isFc2Response)).toEqual([false, false, false]);
    const sent: unknown[] = [];
    sendFc2(
      { statusCode: 204, headers: { allow: 'GET' }, isBase64Encoded: false, body: '' },
      {
        setStatusCode: (status) => sent.push(status),
        setHeader: (...header) => sent.push(header),
        send: (body) => sent.push(body),
      },
    );
    expect(sent).toEqual([204, ['allow', 'GET'], '']);
  });
});

describe('CORS', () => {
  const preflight = {
    method: 'OPTIONS',
    headers: { Origin: 'https://portal.example.com', 'Access-Control-Request-Method': 'POST' },
  };

  it('is off unless an origin is named', async () => {
    cloud = await startLocalCloud({ instances: 1 });
    const { headers } = await detaching(cloud)(preflight);
    expect(Object.keys(headers).filter((name) => name.startsWith('access-control'))).toEqual([]);
  });

  it('answers the preflight of a named origin, and lets it read answers and refusals', async () => {
    cloud = await startLocalCloud({ instances: 1 });
    const ask = detaching(cloud, { variables: { CORS_ALLOWED_ORIGINS: 'https://portal.example.com' } });
    const asked = await ask(preflight);
    expect(asked.status).toBe(204);
    expect(asked.headers).toMatchObject({
      'access-control-allow-origin': 'https://portal.example.com',
      'access-control-allow-methods': 'GET, POST, OPTIONS',
      'access-control-allow-headers': 'authorization, content-type, idempotency-key',
      vary: 'Origin',
    });
    const origin = { 'Content-Type': 'application/json', Origin: 'https://portal.example.com' };
    const answered = await ask({ ...request(cloud.ecs.bound()), headers: origin });
    expect(answered.headers).toMatchObject({
      'access-control-allow-origin': 'https://portal.example.com',
      'access-control-expose-headers': 'date, x-acs-request-id',
    });
    expect(answered.headers['access-control-allow-methods']).toBeUndefined();
    expect((await ask({ body: '{', headers: origin })).headers['access-control-allow-origin']).toBe(
      'https://portal.example.com',
    );
  });

  it('says nothing to another origin, and the same to all with *', async () => {
    cloud = await startLocalCloud({ instances: 1 });
    const other = { method: 'GET', path: '/healthz', headers: { Origin: 'https://evil.example.com' } };
    const named = await detaching(cloud, { variables: { CORS_ALLOWED_ORIGINS: 'https://portal.example.com' } })(other);
    expect([named.headers['access-control-allow-origin'], named.headers['vary']]).toEqual([undefined, 'Origin']);
    const all = await detaching(cloud, { variables: { CORS_ALLOWED_ORIGINS: '*' } })(other);
    expect([all.headers['access-control-allow-origin'], all.headers['vary']]).toEqual(['*', undefined]);
  });
});

describe('GET /openapi.json', () => {
  it('is the document, from the bundle too', async () => {
    cloud = await bundledCloud();
    const response = await fetch(`${cloud.fc.triggerUrl}openapi.json`);
    expect([response.status, response.headers.get('content-type')]).toEqual([200, 'application/json; charset=utf-8']);
    const served: unknown = await response.json();
    expect(served).toEqual(JSON.parse(JSON.stringify(openApi())));
  });
});
