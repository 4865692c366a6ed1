import { Webhook } from 'standardwebhooks';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type LocalCloud, startLocalCloud } from '../../local-cloud/cloud.ts';
import { type Answered, detaching, entering } from '../support/detaching.ts';
import type { httpEvent } from '../support/events.ts';

const secretOf = (text: string) => `whsec_${Buffer.from(text).toString('base64')}`;
const SECRET = secretOf('the secret of the scanner');
const NEXT = secretOf('the one that comes after it');

let cloud: LocalCloud;
let ids: string[];

beforeEach(async () => {
  cloud = await startLocalCloud({ instances: 2 });
  ids = cloud.ecs.bound();
  cloud.fc.onCall('InvokeFunction', ({ taskId = '' }) => {
    const taken = tasks.includes(taskId);
    tasks.push(taskId);
    return taken
      ? { kind: 'answer', status: 409, code: 'AsyncTaskAlreadyExists' }
      : { kind: 'raw', status: 202, body: '', headers: { 'x-fc-request-id': '1' } };
  });
  cloud.fc.onTaskCall('GetAsyncTask', ({ taskId }) =>
    tasks.includes(taskId)
      ? { kind: 'raw', body: JSON.stringify({ status: 'Enqueued' }) }
      : { kind: 'answer', status: 404, code: 'AsyncTaskNotFound' },
  );
});
afterEach(async () => {
  tasks.splice(0);
  await cloud.stop();
});

const tasks: string[] = [];

type Http = Parameters<typeof httpEvent>[0] & object;
type Sent = { secret?: string; id?: string; at?: Date; signs?: string; secrets?: string; http?: Http };

const bodyOf = (more: object = {}) =>
  JSON.stringify({ RegionId: 'cn-hangzhou', KeyPairName: 'leaked-key', InstanceIds: ids, ...more });

/** What the library's own signer sends; `signs` is what it is over, when that is not the body. */
function signed(
  body: string,
  { secret = SECRET, id = 'msg_1', at = new Date(), signs = body }: Sent,
): Record<string, string> {
  return {
    'Content-Type': 'application/json',
    'Webhook-Id': id,
    'Webhook-Timestamp': String(Math.floor(at.getTime() / 1_000)),
    'Webhook-Signature': new Webhook(secret).sign(id, at, signs),
  };
}

function send(body: string, sent: Sent = {}): Promise<Answered> {
  const { secrets = SECRET, http } = sent;
  const headers = { ...signed(body, sent), ...http?.headers };
  return detaching(cloud, { variables: { WEBHOOK_SECRETS: secrets } })({ body, ...http, headers });
}

function expectRefused({ status, body }: Answered): void {
  expect([status, body.Code]).toEqual([401, 'InvalidWebhookSignature']);
  expect(cloud.ecs.calls).toEqual([]);
}

const ago = (seconds: number) => new Date(Date.now() - seconds * 1_000);

describe('a webhook', () => {
  it('is carried out when it is signed', async () => {
    const { status, body } = await send(bodyOf());
    expect([status, body.FailCount]).toEqual([200, '0']);
    expect(cloud.ecs.bound()).toEqual([]);
  });

  it('may come in base64, the signature being over its bytes', async () => {
    const text = bodyOf({ Filter: undefined });
    const { status } = await send(text, {
      http: { body: Buffer.from(text).toString('base64'), isBase64Encoded: true },
    });
    expect(status).toBe(200);
  });

  it('may hold any text', async () => {
    const { status, body } = await send(bodyOf({ KeyPairName: 'Schlüssel-密钥' }));
    expect([status, body.Code]).toEqual([400, 'InvalidKeyPairName.NotFound']);
  });

  it.each([
    ['application/cloudevents+json', 200],
    ['application/octet-stream', 200],
    ['', 200],
    ['application/x-www-form-urlencoded', 401],
    ['text/plain', 401],
  ])('of the type %s is answered with %i', async (type, status) => {
    expect((await send(bodyOf(), { http: { headers: { 'Content-Type': type } } })).status).toBe(status);
  });

  it.each([295, -295])('is taken %i seconds after it was signed', async (seconds) => {
    expect((await send(bodyOf(), { at: ago(seconds) })).status).toBe(200);
  });

  it.each([305, -305])('is not taken %i seconds after it was signed', async (seconds) => {
    expectRefused(await send(bodyOf(), { at: ago(seconds) }));
  });

  it('is taken with the old secret and the new one while both are set, then with the new one alone', async () => {
    const both = `${NEXT}, ${SECRET}`;
    expect((await send(bodyOf(), { secret: SECRET, secrets: both })).status).toBe(200);
    expect((await send(bodyOf(), { secret: NEXT, secrets: both })).status).toBe(200);
    expect((await send(bodyOf(), { secret: NEXT, secrets: NEXT })).status).toBe(200);
    expect((await send(bodyOf(), { secret: SECRET, secrets: NEXT })).status).toBe(401);
  });

  it('may carry the signatures of several secrets', async () => {
    const body = bodyOf();
    const mine = signed(body, {})['Webhook-Signature'];
    const others = signed(body, { secret: NEXT })['Webhook-Signature'];
    const headers = { 'Webhook-Signature': `v1a,AAAA ${others} ${mine}` };
    expect((await send(body, { http: { headers } })).status).toBe(200);
  });

  it('may come to a secret without the prefix', async () => {
    expect((await send(bodyOf(), { secrets: SECRET.replace('whsec_', '') })).status).toBe(200);
  });
});

describe('refused, and nothing is done', () => {
  it.each<[string, (body: string) => Sent]>([
    ['a body that was changed', (body) => ({ signs: `${body} ` })],
    ['another secret', () => ({ secret: NEXT })],
    ['no signature', () => ({ http: { headers: { 'Webhook-Signature': '' } } })],
    ['no id', () => ({ http: { headers: { 'Webhook-Id': '' } } })],
    ['no time', () => ({ http: { headers: { 'Webhook-Timestamp': '' } } })],
    ['another id', () => ({ http: { headers: { 'Webhook-Id': 'msg_2' } } })],
    [
      'another time',
      () => ({ http: { headers: { 'Webhook-Timestamp': String(Math.floor(Date.now() / 1_000) - 60) } } }),
    ],
    ['a time that is none', () => ({ http: { headers: { 'Webhook-Timestamp': 'now' } } })],
    ['a signature without a version', () => ({ http: { headers: { 'Webhook-Signature': 'AAAA' } } })],
    ['a version without a signature', () => ({ http: { headers: { 'Webhook-Signature': 'v1' } } })],
    ['a version without a signature, after a comma', () => ({ http: { headers: { 'Webhook-Signature': 'v1,' } } })],
    [
      'a part of the signature',
      (body) => ({
        http: { headers: { 'Webhook-Signature': signed(body, {})['Webhook-Signature']?.slice(0, 20) ?? '' } },
      }),
    ],
    ['a PUT', () => ({ http: { method: 'GET', query: { Action: 'DetachKeyPair' } } })],
    [
      'bytes that are no text',
      (body) => ({ signs: body, http: { body: Buffer.from([0xff, 0xfe]).toString('base64'), isBase64Encoded: true } }),
    ],
    ['base64 that is none', () => ({ http: { body: '***', isBase64Encoded: true } })],
  ])('for %s', async (_, sentOf) => {
    const body = bodyOf();
    expectRefused(await send(body, sentOf(body)));
  });

  it('without any of its headers, as the script that was allowed before', async () => {
    const ask = detaching(cloud, { variables: { WEBHOOK_SECRETS: SECRET } });
    expectRefused(await ask({ body: { RegionId: 'cn-hangzhou', KeyPairName: 'leaked-key', InstanceIds: ids } }));
    const headers = { 'Content-Type': 'application/x-www-form-urlencoded' };
    expectRefused(await ask({ body: 'RegionId=cn-hangzhou', headers }));
    expectRefused(await ask({ query: { Action: 'DetachKeyPair', RegionId: 'cn-hangzhou' } }));
  });

  it('but by its size before anything is hashed', async () => {
    const large = ' '.repeat(4 * 1024 * 1024 + 1);
    for (const secret of [SECRET, NEXT]) expect((await send(large, { secret })).body.Code).toBe('RequestTooLarge');
    expect(cloud.ecs.calls).toEqual([]);
  });

  it('but health, preflight and other methods are what they were', async () => {
    const ask = detaching(cloud, { variables: { WEBHOOK_SECRETS: SECRET } });
    expect((await ask({ method: 'GET', path: '/healthz' })).status).toBe(200);
    expect((await ask({ method: 'OPTIONS' })).status).toBe(204);
    expect((await ask({ method: 'PUT' })).status).toBe(405);
  });

  it('but an event needs no signature: its invocation is signed already', async () => {
    const event = JSON.parse(bodyOf());
    await entering(cloud, event, { variables: { WEBHOOK_SECRETS: SECRET } });
    expect(cloud.ecs.bound()).toEqual([]);
  });
});

describe('the id of a webhook', () => {
  const statuses = ({ body }: Answered): string[] =>
    [JSON.parse(JSON.stringify(body['Reboot'])).Tasks].flat().map(({ Status }) => Status);

  it('is its token: delivered again, no reboot is queued twice', async () => {
    expect(statuses(await send(bodyOf({ Reboot: true })))).toEqual(['Enqueued']);
    expect(statuses(await send(bodyOf({ Reboot: true })))).toEqual(['Duplicate']);
    for (const id of ids) cloud.ecs.bind(id, 'leaked-key');
    expect(statuses(await send(bodyOf({ Reboot: true }), { id: 'msg_2' }))).toEqual(['Enqueued']);
  });

  it('may be said once more in the body, but nothing else may be', async () => {
    expect(statuses(await send(bodyOf({ Reboot: true, ClientToken: 'msg_1' })))).toEqual(['Enqueued']);
    const { status, body } = await send(bodyOf({ ClientToken: 'msg_2' }));
    expect([status, body.Code]).toEqual([400, 'InvalidParameter']);
    expect(body.Message).toContain('webhook-id');
  });

  it('is all that is read outside the body', async () => {
    const http = {
      query: { Action: 'DeleteInstances', RegionId: 'cn-beijing', DryRun: 'true', ClientToken: 'other' },
      headers: { 'Idempotency-Key': 'other', 'X-Acs-Action': 'DeleteInstances', 'X-Acs-Version': '1999-01-01' },
    };
    const first = await send(bodyOf({ Reboot: true }), { http });
    expect([first.status, first.body['DryRun'], statuses(first)]).toEqual([200, undefined, ['Enqueued']]);
    expect(statuses(await send(bodyOf({ Reboot: true })))).toEqual(['Duplicate']);
  });
});

describe('a secret that cannot be one', () => {
  it.each(['whsec_', 'whsec_A', 'whsec_AAAAA', 'whsec_AAAA,whsec_A', 'whsec_AAA==', '===='])(
    'is a bad setting, not one that refuses everything in silence: %s',
    async (secrets) => {
      const { status, lines } = await send(bodyOf(), { secrets });
      expect(status).toBe(500);
      expect(JSON.stringify(lines)).toContain('WEBHOOK_SECRETS must be');
    },
  );
});

describe('a webhook whose id is long', () => {
  it('has it for its token all the same', async () => {
    const id = `msg_${'x'.repeat(100)}`;
    const body = bodyOf({ Reboot: true });
    const statuses = [await send(body, { id }), await send(body, { id })].map(({ body: { Reboot } }) =>
      JSON.stringify(Reboot).match(/Enqueued|Duplicate/g),
    );
    expect(statuses).toEqual([['Enqueued'], ['Duplicate']]);
  });
});
