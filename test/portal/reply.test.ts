import { describe, expect, it } from 'vitest';
import { ask } from '../../portal/core/ask.ts';
import { readReply } from '../../portal/core/reply.ts';

const read = (status: number, body: unknown) =>
  readReply({
    status,
    requestId: 'from-header',
    date: null,
    text: typeof body === 'string' ? body : JSON.stringify(body),
  });

describe('a reply', () => {
  it('is an answer with its items and waves', () => {
    const item = { Code: '200', Message: 'successful', InstanceId: 'i-a01', Success: 'true' };
    const wave = { TaskId: 't', InstanceIds: ['i-a01'], DelaySeconds: '30', Status: 'Enqueued' };
    const refused = { ...wave, Status: 'Failed', Code: 'Throttling', Message: 'Slow down.' };
    expect(
      read(200, {
        RequestId: 'R',
        Results: { Result: [item] },
        Reboot: { Tasks: [wave, refused] },
        ResultsTruncated: 'true',
      }),
    ).toEqual({
      kind: 'answer',
      at: undefined,
      requestId: 'R',
      isTruncated: true,
      items: [{ id: 'i-a01', ok: true, code: '200', message: 'successful' }],
      tasks: [
        { taskId: 't', ids: ['i-a01'], delaySeconds: 30, status: 'Enqueued', code: '', message: '' },
        { taskId: 't', ids: ['i-a01'], delaySeconds: 30, status: 'Failed', code: 'Throttling', message: 'Slow down.' },
      ],
    });
  });

  it('says where an instance is and what it is called, what was queued to take its key out, and what was read where', () => {
    const item = {
      Code: 'DryRun.NotBound',
      Message: '',
      InstanceId: 'i-a01',
      Success: 'false',
      RegionId: 'cn-beijing',
      KeyPairName: 'leaked',
      RoleArn: '',
      BoundKeyPairName: 'other',
      InstanceName: 'db-1',
      Tags: [{ Key: 'env', Value: 'prod' }],
    };
    const place = { RegionId: 'cn-beijing', KeyPairNames: ['leaked'], TotalCount: '1', FailCount: '0', Code: '200' };
    const removal = { TaskId: 'r', InstanceIds: ['i-a01'], Status: 'Enqueued' };
    expect(read(200, { Results: { Result: [item] }, Places: [place], Online: { Tasks: [removal] } })).toMatchObject({
      items: [
        {
          regionId: 'cn-beijing',
          keyPairName: 'leaked',
          bound: 'other',
          name: 'db-1',
          tags: [{ key: 'env', value: 'prod' }],
        },
      ],
      places: [
        {
          regionId: 'cn-beijing',
          roleArn: '',
          keyPairNames: ['leaked'],
          total: 1,
          failed: 0,
          code: '200',
          message: '',
        },
      ],
      removals: [{ taskId: 'r', ids: ['i-a01'], delaySeconds: 0 }],
    });
  });

  it('to a request that stops tasks says what became of each', () => {
    expect(read(200, { Tasks: [{ TaskId: 't', Status: 'Running' }] })).toMatchObject({
      kind: 'answer',
      items: [],
      stops: [{ taskId: 't', status: 'Running' }],
    });
  });

  it('is an answer without waves where none were asked for', () => {
    expect(read(200, { Results: { Result: [] } })).toMatchObject({
      requestId: 'from-header',
      tasks: [],
      isTruncated: false,
    });
  });

  it('was given by the end of the second that its date names', () => {
    const text = '{"Results":{"Result":[]}}';
    const date = 'Tue, 24 Nov 2026 08:00:00 GMT';
    const at = Date.parse('2026-11-24T08:00:00.999Z');
    expect(readReply({ status: 200, requestId: '', date, text })).toMatchObject({ at });
  });

  it.each([
    ['the gateway without a token', 401, { Code: 'AccessDenied', Message: 'No.', RequestId: 'R' }, true, false],
    ['the gateway for an old token', 403, { Code: 'AccessDenied', Message: 'No.' }, true, false],
    ['a proxy', 403, '<html><title>403</title></html>', true, false],
    ['the allow-list', 403, { Code: 'Forbidden.Region', Message: 'No.', HostId: 'h' }, false, false],
    ['ECS, for each instance', 403, { Code: 'Forbidden.RAM', HostId: 'h', TotalCount: '2' }, false, true],
    ['a bad request', 400, { Code: 'InvalidParameter', HostId: 'h' }, false, false],
  ])('is a refusal by %s', (_, status, body, asksForToken, isOfEachInstance) => {
    expect(read(status, body)).toMatchObject({ kind: 'refusal', status, asksForToken, isOfEachInstance });
  });

  it('is a refusal in the words of the answer, even of a page', () => {
    const page = '<html><style>p{}</style><body>\n<h1>502 Bad Gateway</h1><script>x</script>nginx</body></html>';
    expect(read(502, page)).toMatchObject({ code: '', message: '502 Bad Gateway nginx', requestId: 'from-header' });
    expect(read(502, '')).toMatchObject({ message: '' });
    expect(read(502, '["x"]')).toMatchObject({ message: '["x"]' });
    expect(read(502, 'x'.repeat(300))).toMatchObject({ message: `${'x'.repeat(200)}…` });
  });

  it('is a refusal when a 200 has no results: something else answered', () => {
    expect(read(200, '<h1>Sign in</h1>')).toMatchObject({ kind: 'refusal', status: 200, message: 'Sign in' });
  });
});

describe('asking', () => {
  const withErrorResponse = (response: Response) => {
    const sent: { url: string; init: RequestInit | undefined }[] = [];
    const fetch = async (url: string | URL | Request, init?: RequestInit) => {
      sent.push({ url: String(url), init });
      return response;
    };
    return { sent, fetch };
  };

  it('posts the fields as JSON, with the token if there is one, and follows no redirect', async () => {
    const { sent, fetch } = withErrorResponse(
      new Response('{"Results":{"Result":[]}}', { headers: { 'x-acs-request-id': 'R' } }),
    );
    const reply = await ask({ RegionId: 'cn-hangzhou' }, { url: 'https://f.example/', token: 'secret' }, fetch);
    expect(reply).toMatchObject({ kind: 'answer', requestId: 'R' });
    expect(sent).toEqual([
      {
        url: 'https://f.example/',
        init: {
          method: 'POST',
          headers: { 'content-type': 'application/json', authorization: 'Bearer secret' },
          body: '{"RegionId":"cn-hangzhou"}',
          redirect: 'error',
        },
      },
    ]);
  });

  it('sends no empty token, and finds the request id of FC', async () => {
    const { sent, fetch } = withErrorResponse(new Response('', { status: 502, headers: { 'x-fc-request-id': 'F' } }));
    expect(await ask({}, { url: 'https://f.example/', token: '' }, fetch)).toMatchObject({ requestId: 'F' });
    expect(sent[0]?.init?.headers).not.toHaveProperty('authorization');
  });

  it.each([
    [new TypeError('Failed to fetch'), 'Failed to fetch'],
    ['gone', 'gone'],
  ])('says that no answer came: %s', async (thrown, message) => {
    const fetch = () => Promise.reject(thrown);
    expect(await ask({}, { url: 'https://f.example/', token: '' }, fetch)).toEqual({
      kind: 'silence',
      url: 'https://f.example/',
      message,
    });
  });

  it('uses the fetch that is there', async () => {
    const reply = await ask({}, { url: 'http://127.0.0.1:1/', token: '' });
    expect(reply.kind).toBe('silence');
  });

  it('has no request id where the answer has none', async () => {
    const { fetch } = withErrorResponse(new Response('no', { status: 500 }));
    expect(await ask({}, { url: 'https://f.example/', token: '' }, fetch)).toMatchObject({ requestId: '' });
  });
});
