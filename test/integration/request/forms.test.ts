import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type LocalCloud, startLocalCloud } from '../../../local-cloud/cloud.ts';
import { detaching, request } from '../../support/detaching.ts';

let cloud: LocalCloud;
let ask: ReturnType<typeof detaching>;
let ids: string[];

beforeEach(async () => {
  cloud = await startLocalCloud({ instances: 3 });
  ask = detaching(cloud);
  ids = cloud.ecs.instances().map(({ instanceId }) => instanceId);
});
afterEach(() => cloud.stop());

const json = () => JSON.stringify(request(ids).body);
const base64 = (content: string) => ({ body: Buffer.from(content).toString('base64'), isBase64Encoded: true });
const form = (parameters: Record<string, string>) => new URLSearchParams(parameters).toString();
const FORM = { 'Content-Type': 'application/x-www-form-urlencoded' };
const named = { RegionId: 'cn-hangzhou', KeyPairName: 'leaked-key' };

describe('one and the same request', () => {
  it.each([
    ['JSON', () => ({ body: json(), headers: { 'Content-Type': 'application/json; charset=utf-8' } })],
    [
      'JSON with a structured suffix',
      () => ({ body: json(), headers: { 'Content-Type': 'application/cloudevents+json' } }),
    ],
    [
      "JSON as FC's own clients send it",
      () => ({
        body: json(),
        headers: {
          'content-type': 'application/octet-stream',
          'X-Acs-Action': 'InvokeFunction',
          'X-Acs-Version': '2023-03-30',
        },
      }),
    ],
    ['JSON without a type', () => ({ body: json() })],
    ['JSON behind a byte order mark', () => ({ body: `\ufeff${json()}` })],
    ['JSON in base64', () => ({ ...base64(json()), headers: { 'Content-Type': 'application/json' } })],
    [
      'JSON beside a query that is not read',
      () => ({ body: json(), query: { Rebot: 'true', Action: 'RunInstances' } }),
    ],
    ['JSON on any path', () => ({ body: json(), path: '/2023-03-30/functions/detach-key-pair/invocations' })],
    ['the query, ids as a JSON array', () => ({ query: { ...named, InstanceIds: JSON.stringify(ids) } })],
    ['the query, ids with commas', () => ({ query: { ...named, InstanceIds: ids.join(', ') } })],
    [
      'the query, with a type for no body',
      () => ({ query: { ...named, InstanceIds: ids.join(',') }, headers: { 'Content-Type': 'application/json' } }),
    ],
    [
      'GET with Action',
      () => ({
        method: 'GET',
        query: { ...named, Action: 'DetachKeyPair', Version: '2014-05-26', InstanceIds: ids.join(',') },
      }),
    ],
    ['a form', () => ({ body: form({ ...named, InstanceIds: JSON.stringify(ids) }), headers: FORM })],
    ['a form in base64', () => ({ ...base64(form({ ...named, InstanceIds: JSON.stringify(ids) })), headers: FORM })],
    [
      'query and form together',
      () => ({
        query: named,
        body: form({ Action: 'DetachKeyPair', InstanceIds: JSON.stringify(ids) }),
        headers: FORM,
      }),
    ],
    [
      'what a gateway adds',
      () => ({
        query: {
          ...named,
          InstanceIds: ids.join(','),
          Format: 'JSON',
          AccessKeyId: 'LTAIxyz',
          Signature: 'abc=',
          SignatureMethod: 'HMAC-SHA1',
          SignatureVersion: '1.0',
          SignatureNonce: 'n',
          SignatureType: '',
          Timestamp: '2026-01-01T00:00:00Z',
          SecurityToken: 't',
          OwnerId: '1',
          OwnerAccount: 'a',
          ResourceOwnerAccount: 'b',
          ResourceOwnerId: '2',
        },
      }),
    ],
  ])('comes as %s', async (_, http) => {
    const { status, body } = await ask(http());
    expect([status, body.TotalCount, body.FailCount]).toEqual([200, '3', '0']);
    expect(cloud.ecs.callsOf('DetachKeyPair').map(({ instanceIds }) => instanceIds)).toEqual([ids]);
  });

  it('takes a token in the field, in the header, or the same in both', async () => {
    const headers = { 'Idempotency-Key': 'job-1', 'Content-Type': 'application/json' };
    expect((await ask({ ...request(ids), headers })).status).toBe(200);
    expect((await ask({ ...request(ids, { ClientToken: 'job-1' }), headers })).status).toBe(200);
  });

  it.each(['测试密钥', 'ключ-1', 'a.b:c_d-e', '𠮷𠮷', `k${'ey'.repeat(63)}1`])(
    'takes the key pair name %s',
    async (name) => {
      cloud.ecs.keyPairs.add(name);
      const { status, body } = await ask(request(ids, { KeyPairName: name }));
      expect([status, body['KeyPairName']]).toEqual([200, name]);
    },
  );

  it('is carried out where the allow-lists name it', async () => {
    const variables = { ALLOWED_REGIONS: 'cn-hangzhou', ALLOWED_KEY_PAIRS: 'other, leaked-*' };
    expect((await ask(request(ids), { variables })).status).toBe(200);
    expect((await ask(request(ids), { variables: { ALLOWED_KEY_PAIRS: 'leaked-key' } })).status).toBe(200);
  });
});

describe('other calls', () => {
  it('answers GET /healthz behind any prefix', async () => {
    const { status, body } = await ask({ method: 'GET', path: '/prefix/healthz' });
    expect([status, body]).toEqual([200, { Status: 'ok' }]);
  });

  it('answers OPTIONS with what is taken', async () => {
    const { status, headers, body } = await ask({ method: 'OPTIONS' });
    expect([status, headers['allow'], body]).toEqual([204, 'GET, POST, OPTIONS', {}]);
    expect(headers['content-type']).toBeUndefined();
  });
});
