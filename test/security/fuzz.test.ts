import { Readable } from 'node:stream';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Fc2Response, readFc2Request, sendFc2 } from '../../functions/detach-key-pair/http/fc2.ts';
import { enter, enterHttp } from '../../functions/detach-key-pair/invoke.ts';
import { enter as enterReboots } from '../../functions/reboot-instances/invoke.ts';
import { type LocalCloud, startLocalCloud } from '../../local-cloud/cloud.ts';
import { recordOf } from '../../shared/record.ts';
import { fcContext, httpEvent, REQUEST_ID } from '../support/events.ts';
import { eventBytes, httpEvents, jsonValues, rebootEvents } from './inputs.ts';

/** More in all, or another seed: `TEST_RUNS=100000 TEST_SEED=7 npx vitest run test/security/fuzz.test.ts`. */
const INPUTS = Number(process.env['TEST_RUNS'] ?? 6_000);
/** For many more; those of CI take seconds. */
const LONG_MS = 3_600_000;
const SEED = Number(process.env['TEST_SEED'] ?? 20261124);

let cloud: LocalCloud;
const lines: string[] = [];
const told: Record<string, number> = {};

beforeAll(async () => {
  const instances = [{ instanceId: 'i-bp1aaaa' }, { instanceId: 'i-bp1bbbb' }];
  cloud = await startLocalCloud({ instances, rebootSeconds: 0.001 });
  cloud.fc.onCall('InvokeFunction', () => ({
    kind: 'raw',
    status: 202,
    body: '',
    headers: { 'x-fc-request-id': '1' },
  }));
});

afterAll(async () => {
  console.log(`inputs, seed ${SEED}:`, JSON.stringify(told));
  await cloud.stop();
});

function options(more: Record<string, string> = {}) {
  const { accessKeyId, accessKeySecret } = cloud.ecs.credentials;
  return {
    variables: {
      ECS_ENDPOINT: cloud.ecs.endpoint,
      FC_ENDPOINT: cloud.fc.endpoint,
      ALIBABA_CLOUD_ACCESS_KEY_ID: accessKeyId,
      ALIBABA_CLOUD_ACCESS_KEY_SECRET: accessKeySecret,
      LOG_LEVEL: 'debug',
      ...more,
    },
    write: (line: string) => lines.push(line),
  };
}

function tell(what: string): void {
  told[what] = (told[what] ?? 0) + 1;
}

/** An answer to be sent as it is: well formed, with the request's id, no fault of ours, nothing smuggled into a header. */
function expectDecent(answer: unknown): void {
  const { statusCode, headers, body } = recordOf(answer);
  tell(`status ${statusCode}`);
  expect(statusCode).not.toBe(500);
  expect([200, 204, 400, 401, 403, 404, 405, 413, 415]).toContain(statusCode);
  for (const [name, text] of Object.entries(recordOf(headers))) expect(`${name}: ${text}`).toMatch(/^[\x20-\x7e]+$/);
  expect(recordOf(headers)['x-acs-request-id']).toBe(REQUEST_ID);
  const type = String(recordOf(headers)['content-type'] ?? '');
  if (statusCode === 204) expect(body).toBe('');
  else if (type.startsWith('application/json')) {
    const fields = recordOf(JSON.parse(String(body)));
    const isPage = 'Status' in fields || 'openapi' in fields;
    if (!isPage) expect(fields['RequestId']).toBe(REQUEST_ID);
  } else expect(type).toBe('text/html; charset=utf-8');
  expectClean();
}

/** Every line of the log is one line, and JSON; no prototype has been touched. */
function expectClean(): void {
  for (const line of lines.splice(0)) {
    expect(line).not.toContain('\n');
    expect(JSON.parse(line)).toMatchObject({ requestId: REQUEST_ID });
  }
  expect('polluted' in {}).toBe(false);
  expect('polluted' in Object.prototype).toBe(false);
}

/** What was thrown for FC to see: answers as JSON, none of them a fault of ours. */
function expectFailure(name: string, error: unknown): void {
  if (!(error instanceof Error)) throw new Error('something that is no Error was thrown');
  expect(error.name).toBe(name);
  const answers = [JSON.parse(error.message)].flat();
  for (const answer of answers) expect(answer).toMatchObject({ RequestId: REQUEST_ID });
  expect(answers.map(({ Code }) => Code)).not.toContain('InternalError');
  tell(`thrown by ${name}`);
  expectClean();
}

const parameters = { numRuns: INPUTS / 4, seed: SEED };

describe('whatever comes in', () => {
  it(
    'over HTTP, the answer is decent and never our fault',
    async () => {
      const property = fc.asyncProperty(httpEvents, fc.boolean(), async (event, withSecrets) => {
        const more: Record<string, string> = withSecrets
          ? { WEBHOOK_SECRETS: 'whsec_c2VjcmV0c2VjcmV0c2VjcmV0c2VjcmV0', CORS_ALLOWED_ORIGINS: '*' }
          : {};
        expectDecent(await enter(Buffer.from(JSON.stringify(event)), fcContext(), options(more)));
      });
      await fc.assert(property, parameters);
    },
    LONG_MS,
  );

  it(
    'from any other source, the answer is returned or thrown, and never our fault',
    async () => {
      const property = fc.asyncProperty(eventBytes, async (bytes) => {
        const given = enter(bytes, fcContext(), options());
        await given.then(
          (answer) => {
            tell('events answered');
            for (const body of [answer].flat()) expect(body).toMatchObject({ RequestId: REQUEST_ID });
            expectClean();
          },
          (error) => expectFailure('EventFailure', error),
        );
      });
      await fc.assert(property, parameters);
    },
    LONG_MS,
  );

  it(
    'as a request of FC 2.0, the answer is decent',
    async () => {
      const property = fc.asyncProperty(httpEvents, jsonValues, async (event, odd) => {
        const { headers, queryParameters, body, ...rest } = recordOf(JSON.parse(JSON.stringify(event)));
        const { http } = recordOf(rest['requestContext']);
        const { method, path } = recordOf(http);
        const text = typeof body === 'string' ? body : '';
        const request = Object.assign(Readable.from([Buffer.from(text)]), {
          method,
          path,
          queries: queryParameters,
          headers,
          clientIP: odd,
        });
        const sent: { statusCode: number; headers: Record<string, string>; body: string } = {
          statusCode: 0,
          headers: {},
          body: '',
        };
        const response: Fc2Response = {
          setStatusCode: (status) => {
            sent.statusCode = status;
          },
          setHeader: (name, value) => {
            sent.headers[name] = value;
          },
          send: (content) => {
            sent.body = content;
          },
        };
        sendFc2(await enterHttp(await readFc2Request(request), fcContext(), options()), response);
        expectDecent(sent);
      });
      await fc.assert(property, parameters);
    },
    LONG_MS,
  );

  it(
    'as a message for the reboots, it is answered or thrown, and never our fault',
    async () => {
      const property = fc.asyncProperty(rebootEvents, async (bytes) => {
        await enterReboots(bytes, fcContext(), options()).then(
          (answer) => {
            tell('messages answered');
            expect(answer).toMatchObject({ RequestId: REQUEST_ID });
            expectClean();
          },
          (error) => expectFailure('RebootFailure', error),
        );
      });
      await fc.assert(property, parameters);
    },
    LONG_MS,
  );

  it.each([undefined, null, 7, true, 'text', '{', [], [[]], [[[]]], {}, new Date(), Symbol.iterator, () => 1])(
    'as a value that no runtime passes: %s',
    async (event) => {
      await enter(event, undefined, options()).then(
        (answer) => expect(answer).toEqual([]),
        (error) => expect(JSON.parse(error.message)).not.toMatchObject({ Code: 'InternalError' }),
      );
      lines.splice(0);
    },
  );

  it.each([
    ['DetachedAt', '2026-99-99T99:99:99.999Z'],
    ['NotAfter', '2026-99-99T99:99:99.999Z'],
  ])('a message for the reboots whose %s is no time is not acted on', async (name, time) => {
    const before = cloud.ecs.calls.length;
    const message = {
      Version: 1,
      RegionId: 'cn-hangzhou',
      KeyPairName: 'leaked-key',
      InstanceIds: ['i-bp1aaaa'],
      ForceReboot: false,
      DetachedAt: new Date(Date.now()).toISOString(),
      NotAfter: new Date(Date.now() + LONG_MS).toISOString(),
      SourceRequestId: 'source',
      [name]: time,
    };
    await expect(enterReboots(Buffer.from(JSON.stringify(message)), fcContext(), options())).rejects.toThrow(
      'InvalidParameter',
    );
    expect(cloud.ecs.calls.length).toBe(before);
  });

  it.each([
    ['a key that is half a character', [{ Key: '\ud800' }]],
    ['a value that is half a character', [{ Key: 'env', Value: 'a\udfff' }]],
    ['a value that is empty, and might mean any', [{ Key: 'env', Value: '' }]],
  ])('a search by %s is refused before anything is sent', async (_, Tags) => {
    const before = cloud.ecs.calls.length;
    const body = { RegionId: 'cn-hangzhou', KeyPairName: 'leaked-key', Filter: { Tags } };
    const answer = await enter(Buffer.from(JSON.stringify(httpEvent({ body }))), fcContext(), options());
    const { statusCode, body: text } = recordOf(answer);
    expect([statusCode, JSON.parse(String(text)).Code]).toEqual([400, 'InvalidParameter']);
    expect(cloud.ecs.calls.length).toBe(before);
  });
});
