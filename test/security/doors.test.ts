import { createHmac } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { enter } from '../../functions/detach-key-pair/invoke.ts';
import { type LocalCloud, startLocalCloud } from '../../local-cloud/cloud.ts';
import { createOnce } from '../../shared/config/guards.ts';
import { createLog } from '../../shared/log/log.ts';
import { redactor } from '../../shared/log/sanitize.ts';
import { detaching, entering } from '../support/detaching.ts';
import { httpEvent, REQUEST_ID } from '../support/events.ts';

let cloud: LocalCloud;
let ids: string[];
let ask: ReturnType<typeof detaching>;

beforeAll(async () => {
  cloud = await startLocalCloud({ instances: 2 });
  ids = cloud.ecs.bound();
  ask = detaching(cloud);
});
afterAll(() => cloud.stop());
beforeEach(() => {
  for (const id of ids) cloud.ecs.bind(id, 'leaked-key');
});

const fields = () => ({ RegionId: 'cn-hangzhou', KeyPairName: 'leaked-key', InstanceIds: ids });
const link = {
  method: 'GET',
  query: {
    Action: 'DetachKeyPair',
    RegionId: 'cn-hangzhou',
    KeyPairName: 'leaked-key',
    Filter: '{}',
    Reboot: '{"ForceReboot":true}',
  },
};

describe('a browser', () => {
  it.each([
    ['opened from a mail program', { 'Sec-Fetch-Site': 'none', 'Sec-Fetch-Mode': 'navigate' }],
    ['clicked on another page', { 'Sec-Fetch-Site': 'cross-site' }],
    ['clicked on a page of this very host', { 'Sec-Fetch-Site': 'same-origin' }],
    ['loaded as an image', { 'Sec-Fetch-Dest': 'image' }],
    ['over plain http, or behind a proxy that drops Sec-Fetch', { 'User-Agent': 'Mozilla/5.0 (X11; Linux x86_64)' }],
    ['by a browser that has another name', { 'User-Agent': 'x', 'Upgrade-Insecure-Requests': '1' }],
  ])('detaches nothing by a link: %s', async (_, headers) => {
    const { status, body } = await ask({ ...link, headers });
    expect([status, body.Code]).toEqual([403, 'Forbidden.Origin']);
    expect(cloud.ecs.bound()).toEqual(ids);
  });

  it.each([
    ['of another site', { 'Sec-Fetch-Site': 'cross-site', Origin: 'https://evil.example' }],
    ['of another subdomain', { 'Sec-Fetch-Site': 'same-site', Origin: 'https://other.fcapp.run' }],
    ['without a place, by an old browser', { Origin: 'https://evil.example' }],
    ['from a file, by an old browser', { Origin: 'null' }],
    ['of which two proxies say different things', { 'Sec-Fetch-Site': 'same-origin,cross-site' }],
    ['with a place that no browser has', { 'Sec-Fetch-Site': 'Same-Origin' }],
  ])('detaches nothing from a page %s, whatever its body is', async (_, headers) => {
    for (const type of ['', 'application/json', 'text/plain']) {
      const { status, body } = await ask({
        body: JSON.stringify(fields()),
        headers: { ...headers, 'Content-Type': type },
      });
      expect([status, body.Code]).toEqual([403, 'Forbidden.Origin']);
    }
    expect(cloud.ecs.bound()).toEqual(ids);
  });

  it.each([
    ['this very host', { 'Sec-Fetch-Site': 'same-origin', Origin: 'https://detach.cn-hangzhou.fcapp.run' }, ''],
    ['this very host, by an old browser', { Origin: 'https://detach.cn-hangzhou.fcapp.run' }, ''],
    [
      'an origin on the list',
      { 'Sec-Fetch-Site': 'cross-site', Origin: 'https://portal.example' },
      'https://portal.example',
    ],
    ['anywhere, where the list says so', { 'Sec-Fetch-Site': 'cross-site', Origin: 'null' }, '*'],
  ])('may detach from a page of %s', async (_, headers, CORS_ALLOWED_ORIGINS) => {
    const sent = { body: fields(), headers: { ...headers, 'Content-Type': 'application/json' } };
    expect((await ask(sent, { variables: { CORS_ALLOWED_ORIGINS } })).status).toBe(200);
  });

  it('is not what a script or an old ECS client is: they say nothing of a place', async () => {
    expect((await ask({ ...link, query: { ...link.query, Reboot: 'false' } })).status).toBe(200);
  });

  it('is told not to keep or to guess at any answer', async () => {
    for (const http of [{ body: fields() }, { body: {} }, { method: 'GET', path: '/healthz' }, { method: 'PUT' }]) {
      expect((await ask(http)).headers).toMatchObject({
        'cache-control': 'no-store',
        'x-content-type-options': 'nosniff',
      });
    }
  });
});

describe('a webhook function', () => {
  const secret = Buffer.from('a secret of twenty-four bytes or more');
  const setting = `whsec_${secret.toString('base64')}`;
  const now = () => String(Math.floor(Date.now() / 1_000));
  const signatureOf = (key: Buffer, id: string, at: string, body: string) =>
    `v1,${createHmac('sha256', key).update(`${id}.${at}.${body}`).digest('base64')}`;

  it('takes nothing at all without a secret', async () => {
    for (const http of [{ body: fields() }, { method: 'GET', path: '/healthz' }]) {
      const { status, lines } = await ask(http, { variables: { HTTP_CALLERS: 'webhooks' } });
      expect(status).toBe(500);
      expect(JSON.stringify(lines)).toContain('WEBHOOK_SECRETS must be set');
    }
    expect(cloud.ecs.bound()).toEqual(ids);
  });

  it.each(['YWI=', 'whsec_YWI=', `whsec_${Buffer.alloc(23).toString('base64')}`, `${setting},YWI=`])(
    'has a bad setting with a short secret: %s',
    async (WEBHOOK_SECRETS) => {
      const { status, lines } = await ask({ method: 'GET', path: '/healthz' }, { variables: { WEBHOOK_SECRETS } });
      expect(status).toBe(500);
      expect(JSON.stringify(lines)).toContain('24 bytes');
    },
  );

  it.each(['webhook', 'svix'])(
    'takes the headers of %s, and the secret as some senders hand it out',
    async (prefix) => {
      const body = JSON.stringify(fields());
      const at = now();
      const headers = {
        'Content-Type': 'application/json',
        [`${prefix}-id`]: 'msg_1',
        [`${prefix}-timestamp`]: at,
        [`${prefix}-signature`]: signatureOf(secret, 'msg_1', at, body),
      };
      const { status } = await ask({ body, headers }, { variables: { WEBHOOK_SECRETS: `v1,${setting}` } });
      expect(status).toBe(200);
    },
  );

  it("gives the scheme's published signature for its published example", async () => {
    // https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md
    const key = Buffer.from('MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw', 'base64');
    expect(signatureOf(key, 'msg_p5jXN8AQM9LWM0D4loKWxJek', '1614265330', '{"test": 2432232314}')).toBe(
      'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=',
    );
  });

  it.each([
    ['a header that is missing', { 'webhook-id': undefined }, 'webhook-id is missing'],
    ['a time that has passed', { 'webhook-timestamp': '1' }, 'more than 5 minutes'],
    ['a time that is none', { 'webhook-timestamp': 'now' }, 'not a time'],
    ['another version', { 'webhook-signature': 'v2,AAAA' }, 'no signature of version v1'],
    ['another secret', {}, 'no secret of WEBHOOK_SECRETS'],
  ])('says in the log which check failed, and to the caller nothing: %s', async (_, change, reason) => {
    const headers: Record<string, string> = { 'Content-Type': 'application/json' };
    const given = {
      'webhook-id': 'msg_1',
      'webhook-timestamp': now(),
      'webhook-signature': `v1,${'A'.repeat(43)}=`,
      ...change,
    };
    for (const [name, value] of Object.entries(given)) if (value !== undefined) headers[name] = value;
    const { status, body, lines } = await ask({ body: fields(), headers }, { variables: { WEBHOOK_SECRETS: setting } });
    expect([status, body.Code]).toEqual([401, 'InvalidWebhookSignature']);
    expect(body.Message).not.toContain(reason);
    expect(lines.find(({ event }) => event === 'refused')?.['reason']).toContain(reason);
  });
});

describe('a refusal is cheap, since what costs nothing is checked first', () => {
  const secret = Buffer.from('a secret of twenty-four bytes or more');
  const variables = { WEBHOOK_SECRETS: `whsec_${secret.toString('base64')}` };
  const signed = (body: string) => {
    const at = String(Math.floor(Date.now() / 1_000));
    const signature = createHmac('sha256', secret).update(`msg_1.${at}.${body}`).digest('base64');
    return {
      'Content-Type': 'application/json',
      'Webhook-Id': 'msg_1',
      'Webhook-Timestamp': at,
      'Webhook-Signature': `v1,${signature}`,
    };
  };
  const large = `${JSON.stringify({ RegionId: 'cn-hangzhou', KeyPairName: 'leaked-key', Filter: {} })}${' '.repeat(4 * 1024 * 1024)}`;

  it.each([
    ['the size before the signature, good or not', large, false, signed(large)],
    ['the size before the headers', large, false, {}],
    ['the size before it is decoded', `${'!'.repeat(6 * 1024 * 1024)}`, true, signed('')],
  ])('%s', async (_, body, isBase64Encoded, headers) => {
    const answered = await ask({ body, isBase64Encoded, headers }, { variables });
    expect([answered.status, answered.body.Code]).toEqual([413, 'RequestTooLarge']);
    expect(cloud.ecs.bound()).toEqual(ids);
  });

  it.each([
    ['the headers', { 'Webhook-Id': '' }, 'webhook-id is missing'],
    ['the time', { 'Webhook-Timestamp': '1' }, 'more than 5 minutes'],
    ['the versions', { 'Webhook-Signature': 'v9,AAAA' }, 'no signature of version v1'],
    ['nothing but then', {}, 'not valid base64'],
  ])('%s before the body is decoded', async (_, change, reason) => {
    const headers = { ...signed('!'), ...change };
    const { status, lines } = await ask({ body: '!', isBase64Encoded: true, headers }, { variables });
    expect(status).toBe(401);
    expect(lines.find(({ event }) => event === 'refused')?.['reason']).toContain(reason);
  });

  it.each([
    ['names', Array.from({ length: 300 }, (_, k) => `f${k}=`).join('&')],
    ['empty pairs', '&'.repeat(300)],
    ['a name that is ignored', 'Format=JSON&'.repeat(300)],
  ])('a form of many pairs by their number, whatever the first ones ask for: %s', async (_, more) => {
    const first = new URLSearchParams({ RegionId: 'cn-hangzhou', KeyPairName: 'leaked-key', Filter: '{}' });
    const headers = { 'Content-Type': 'application/x-www-form-urlencoded' };
    const { status, body } = await ask({ body: `${first}&${more}&DryRun=true`, headers });
    expect([status, body.Code]).toEqual([400, 'InvalidParameter']);
    expect(body.Message).toMatch(/f\d+|more than 200 parameters/);
    expect(cloud.ecs.bound()).toEqual(ids);
  });
});

describe('a region', () => {
  it.each(['oss-cn-hangzhou', 'x@127.0.0.1', 'cn', 'CN-HANGZHOU', 'cn_hangzhou', ' cn-hangzhou'])(
    'that would be another host is refused before anything is signed: %s',
    async (RegionId) => {
      const { status, body } = await ask({ body: { ...fields(), RegionId } });
      expect([status, body.Code]).toEqual([400, 'InvalidRegionId.Malformed']);
      expect(body.Message).toContain('"cn-hangzhou"');
      expect(body.Message).not.toContain('^');
    },
  );
});

describe('the log', () => {
  it('says first, once in a process and whatever its level is, which guards are on', async () => {
    const guarded = {
      WEBHOOK_SECRETS: 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw',
      ALLOWED_REGIONS: 'cn-hangzhou,cn-beijing',
      ALLOWED_KEY_PAIRS: '*',
      LOG_LEVEL: 'error',
    };
    const isFirst = createOnce();
    const written: string[] = [];
    const call = (variables: Record<string, string>) =>
      enter(Buffer.from('{}'), {}, { variables, isFirst, write: (line) => written.push(line) }).catch(() => {});
    await call({ ...guarded, ALLOWED_REGIONS: 'a,,$' });
    await call(guarded);
    await call(guarded);
    const lines = written.map((line) => JSON.parse(line));
    expect(lines.map(({ event }) => event)).toEqual(['failed', 'guards']);
    expect(lines[1]).toMatchObject({
      HTTP_CALLERS: 'webhooks',
      WEBHOOK_SECRETS: '1 set',
      ALLOWED_REGIONS: 'cn-hangzhou,cn-beijing',
      ALLOWED_KEY_PAIRS: '*',
      ALLOWED_ROLE_ARNS: 'none',
      CORS_ALLOWED_ORIGINS: 'none',
    });
    expect(written.join()).not.toContain('MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw');
  });

  it('says that an HTTP caller is not confirmed where the event does not name its invocation', async () => {
    const { lines } = await ask({ body: fields() });
    expect(lines[0]).toMatchObject({ caller: { source: 'http', unconfirmed: true } });
    const named = httpEvent({ body: fields() });
    const confirmed: Record<string, unknown>[] = [];
    const requestContext = { ...named.requestContext, requestId: REQUEST_ID };
    await entering(cloud, { ...named, requestContext }, {}, confirmed);
    expect(confirmed[0]).toMatchObject({ caller: { source: 'http', sourceIp: '203.0.113.7' } });
    expect(confirmed[0]?.['caller']).not.toHaveProperty('unconfirmed');
  });

  it('calls what a gateway hands on of a token a claim', async () => {
    const headers = { 'X-Jwt-Claim-Sub': 'ada', 'X-Jwt-Claim-Aud': 'detach', 'X-Jwt-Other': 'x' };
    const { lines } = await ask({ body: fields(), headers: { 'Content-Type': 'application/json', ...headers } });
    expect(lines[0]).toMatchObject({ caller: { claimedJwt: { sub: 'ada', aud: 'detach' } } });
  });

  it('shows what would drive a terminal, or reorder a line, as escapes', () => {
    const written: string[] = [];
    const log = createLog({ requestId: 'r', write: (line) => written.push(line) });
    log.info('request', { userAgent: '\u009b31m\u202egnp.exe\u2066\u200f' });
    expect(written[0]).toContain('\\u009b31m\\u202egnp.exe\\u2066\\u200f');
    expect(JSON.parse(written[0] ?? '')).toMatchObject({ userAgent: '\u009b31m\u202egnp.exe\u2066\u200f' });
  });

  it('calls a claim a claim', async () => {
    const Authorization = 'ACS3-HMAC-SHA256 Credential=LTAIclaimed,SignedHeaders=host,Signature=00';
    const { lines } = await ask({ body: fields(), headers: { 'Content-Type': 'application/json', Authorization } });
    expect(lines[0]).toMatchObject({ caller: { claimedAccessKeyId: 'LTAIclaimed' } });
  });

  it.each<[form: string, of: (secret: string) => string]>([
    ['as it is', (secret) => secret],
    ['in a URL', encodeURIComponent],
    ['in a URL, in small letters', (secret) => encodeURIComponent(secret).replace(/%../g, (one) => one.toLowerCase())],
    ['in a URL inside a URL', (secret) => encodeURIComponent(encodeURIComponent(secret))],
    ['in a form', (secret) => new URLSearchParams({ k: secret }).toString()],
    ['in JSON', (secret) => JSON.stringify(secret)],
    ['in JSON inside JSON', (secret) => JSON.stringify(JSON.stringify(secret))],
    ['in JSON that escapes slashes', (secret) => secret.replaceAll('/', '\\/').replaceAll('=', '\\u003D')],
    ['in base64', (secret) => Buffer.from(secret).toString('base64')],
    ['in base64 behind one byte', (secret) => Buffer.from(`:${secret}`).toString('base64')],
    ['in base64 behind a name and before more', (secret) => Buffer.from(`ab:cd${secret}\nmore`).toString('base64')],
    ['in base64 for URLs', (secret) => Buffer.from(`x${secret}?>`).toString('base64url')],
  ])('hides a secret %s, and leaves the rest as it is', (_, of) => {
    for (const secret of [
      'canary/secret+of=the key',
      'CAISxyz+/0123456789abcdef==',
      'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw',
    ]) {
      const form = of(secret);
      const hidden = redactor([secret, 'short', undefined])(`before ${form} after, short`);
      expect(hidden).toMatch(/^before .*\*\*\*.* after, short$/);
      for (const part of secret.match(/[A-Za-z0-9]{6,}/g) ?? []) expect(hidden).not.toContain(part);
      // Of base64 the first and the last characters depend on what stands beside it.
      expect(hidden.length).toBeLessThan(form.length > 60 ? 70 : 60);
    }
  });

  it.each<[string, (text: string) => unknown]>([
    ['an event that is refused', (RegionId) => ({ ...fields(), RegionId })],
    ['an event with an unknown field', (name) => ({ ...fields(), [name]: 1 })],
  ])('never drives a terminal by what FC logs of an error: %s', async (_, of) => {
    const thrown: unknown = await entering(cloud, of('\u009b31m\u202egnp.exe'), {}).catch((error) => error);
    const message = thrown instanceof Error ? thrown.message : '';
    expect(message).toContain('\\u009b31m\\u202egnp.exe');
    expect(JSON.parse(message).Message).toContain('\u009b31m\u202egnp.exe');
  });
});
