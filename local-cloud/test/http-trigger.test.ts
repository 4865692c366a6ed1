import { request as httpRequest } from 'node:http';
import { afterEach, describe, expect, it } from 'vitest';
import { type CloudOptions, type LocalCloud, startLocalCloud } from '../cloud.ts';
import { echo, json } from './echo.ts';

let cloud: LocalCloud;
afterEach(() => cloud.stop());

async function start(options: CloudOptions = {}) {
  cloud = await startLocalCloud({ functions: { echo: echo({ httpTrigger: true, asyncTask: true }) }, ...options });
  const send = (path: string, init: RequestInit = {}) => fetch(new URL(path, cloud.fc.triggerUrl), init);
  const seen = async (path: string, init: RequestInit = {}) => json(await (await send(path, init)).text());
  return { ...cloud, send, seen };
}

describe('the HTTP trigger', () => {
  it('makes the event that FC 3.0 makes of a request', async () => {
    const { seen } = await start();
    const body = JSON.stringify({ a: 'ü' });
    const headers = { 'content-type': 'application/json', 'x-acs-action': 'DetachKeyPair', 'user-agent': 'me' };
    const { event } = {
      event: undefined,
      ...(await seen('/a%20b?x=1&x=2&y=%C3%BC', { method: 'POST', headers, body })),
    };
    expect(event).toMatchObject({
      version: 'v1',
      rawPath: '/a%20b',
      headers: { 'Content-Type': 'application/json', 'X-Acs-Action': 'DetachKeyPair', 'User-Agent': 'me' },
      queryParameters: { x: '1,2', y: 'ü' },
      body,
      isBase64Encoded: false,
      requestContext: {
        accountId: '1234567890123456',
        domainName: expect.stringMatching(/\.cn-hangzhou\.fcapp\.run$/),
        timeEpoch: expect.stringMatching(/^\d{13}$/),
        http: { method: 'POST', path: '/a b', protocol: 'HTTP/1.1', sourceIp: '127.0.0.1', userAgent: 'me' },
      },
    });
    expect(event).not.toHaveProperty('headers.Host');
  });

  it('joins the values of a repeated header', async () => {
    const { fc } = await start();
    const body = await new Promise<string>((resolve, reject) => {
      const request = httpRequest(fc.triggerUrl, { headers: { 'x-a': ['1', '2'] } }, (response) => {
        let text = '';
        response.setEncoding('utf8').on('data', (chunk: string) => {
          text += chunk;
        });
        response.on('end', () => resolve(text));
      });
      request.on('error', reject).end();
    });
    expect(json(body)).toMatchObject({ event: { headers: { 'X-A': '1,2' } } });
  });

  it.each([
    ['never', 'text/plain', 'a', 'a', false],
    ['binary', 'text/plain', 'a', 'a', false],
    ['binary', 'application/octet-stream', '{}', '{}', false],
    ['binary', 'application/octet-stream', '\xff', '/w==', true],
    ['binary', 'image/png', 'a', 'YQ==', true],
    ['always', 'application/json', '{}', 'e30=', true],
  ] as const)('%s base64 of %s %j: %s', async (base64Bodies, type, text, body, isBase64Encoded) => {
    const { seen } = await start({ switches: { base64Bodies } });
    const init = { method: 'POST', headers: { 'content-type': type }, body: Buffer.from(text, 'latin1') };
    expect(await seen('/', init)).toMatchObject({ event: { body, isBase64Encoded } });
  });

  it.each([
    ['string', { body: '' }],
    ['null', { body: null }],
  ] as const)('shows no body as %s', async (emptyBody, shown) => {
    const { seen } = await start({ switches: { emptyBody } });
    expect(await seen('/')).toMatchObject({ event: shown });
  });

  it('can leave the body out', async () => {
    const { seen } = await start({ switches: { emptyBody: 'absent' } });
    expect(await seen('/')).not.toHaveProperty('event.body');
  });

  it('sends what the function answers, less the headers that are not its own to set', async () => {
    const { send } = await start();
    const answer = {
      statusCode: 418,
      headers: {
        'content-type': 'x/y',
        'X-Fc-Own': '1',
        Server: 's',
        'content-disposition': 'attachment; a',
        'x-a': 'b',
      },
      isBase64Encoded: true,
      body: Buffer.from('hello').toString('base64'),
    };
    const response = await send('/', { method: 'POST', body: JSON.stringify({ answer }) });
    expect(response.status).toBe(418);
    expect(await response.text()).toBe('hello');
    expect(response.headers.get('content-type')).toBe('x/y');
    expect(response.headers.get('x-a')).toBe('b');
    expect(response.headers.get('x-fc-request-id')).toMatch(/^1-/);
    for (const name of ['x-fc-own', 'server', 'content-disposition']) expect(response.headers.has(name)).toBe(false);
  });

  it.each([
    { statusCode: '200', body: '' },
    { statusCode: 200, body: { a: 1 } },
    { statusCode: 200, headers: { big: 'x'.repeat(9000) }, body: '' },
  ])('is 502 for an answer that is none (%#)', async (answer) => {
    const { send } = await start();
    const response = await send('/', { method: 'POST', body: JSON.stringify({ answer }) });
    expect(response.status).toBe(502);
    expect(await response.json()).toMatchObject({ Code: 'BadResponse' });
  });

  it('takes what is not an answer for the body', async () => {
    const { send } = await start();
    const response = await send('/', { method: 'POST', body: JSON.stringify({ value: 'just text' }) });
    expect([response.status, await response.text()]).toEqual([200, 'just text']);
  });

  it('shows the stack of what was thrown to the client', async () => {
    const { send } = await start();
    const response = await send('/', { method: 'POST', body: JSON.stringify({ throw: 'oops' }) });
    expect(response.status).toBe(502);
    expect(response.headers.get('x-fc-error-type')).toBe('UnhandledInvocationError');
    expect(await response.json()).toMatchObject({ errorMessage: 'oops', errorType: 'TypeError' });
  });

  it.each([
    ['headers over 8 KB', '/', { headers: { a: 'x'.repeat(8192) } }],
    ['a query over 4 KB', `/?${'x'.repeat(4096)}`, {}],
    ['a body over 128 KB for an asynchronous call', '/', asynchronous('x'.repeat(128 * 1024 + 1))],
    ['an unknown invocation type', '/', { headers: { 'x-fc-invocation-type': 'Later' } }],
    ['a malformed task id', '/', { headers: { 'x-fc-invocation-type': 'Async', 'x-fc-async-task-id': '1' } }],
  ])('refuses %s', async (_what, path, init) => {
    const { send } = await start();
    const response = await send(path, init);
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({ Code: 'InvalidArgument' });
  });

  it('queues an asynchronous call and answers 202 with nothing', async () => {
    const { send, fc } = await start();
    const response = await send('/p', asynchronous(JSON.stringify({ value: 'later' })));
    expect([response.status, await response.text()]).toEqual([202, '']);
    await fc.idle();
    expect(fc.tasks).toMatchObject([{ status: 'Succeeded', results: [{ payload: 'later' }] }]);
    expect(json(fc.tasks[0]?.payload ?? '')).toMatchObject({ rawPath: '/p' });
  });

  it('refuses a request without a bearer token of the list', async () => {
    const { send } = await start({ triggerAuth: { bearer: ['right'] } });
    const status = async (authorization?: string) =>
      (await send('/', { headers: authorization === undefined ? {} : { authorization } })).status;
    expect([await status(), await status('Bearer wrong'), await status('Bearer right')]).toEqual([401, 403, 200]);
  });

  it('refuses a request without a signature when one is asked for', async () => {
    const { send } = await start({ triggerAuth: 'function' });
    const authorization = 'ACS3-HMAC-SHA256 Credential=a,SignedHeaders=host,Signature=0';
    expect((await send('/')).status).toBe(401);
    expect((await send('/', { headers: { authorization } })).status).toBe(403);
  });

  it('calls an FC 2.0 function with a request and a response', async () => {
    const { send } = await start({ edition: 'fc2', serviceName: 'my-service' });
    const response = await send('/a%20b?x=1&x=2&y=3', { method: 'PUT', headers: { 'x-b': 'c' }, body: 'text' });
    expect([response.status, response.headers.get('x-service')]).toEqual([201, 'my-service']);
    expect(await response.json()).toMatchObject({
      method: 'PUT',
      path: '/a b',
      url: '/a%20b?x=1&x=2&y=3',
      queries: { x: ['1', '2'], y: '3' },
      headers: { 'x-b': 'c' },
      clientIP: '127.0.0.1',
      body: 'text',
    });
  });
});

function asynchronous(body: string): RequestInit {
  return { method: 'POST', headers: { 'x-fc-invocation-type': 'Async' }, body };
}
