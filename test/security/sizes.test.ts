import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { enter } from '../../functions/detach-key-pair/invoke.ts';
import { enter as enterReboots } from '../../functions/reboot-instances/invoke.ts';
import { type LocalCloud, startLocalCloud } from '../../local-cloud/cloud.ts';
import { recordOf } from '../../shared/record.ts';
import { fcContext, httpEvent, REQUEST_ID } from '../support/events.ts';

const MIB = 1024 * 1024;
/**
 * So large that work which grows by the square of it is not over before the test's time is, on any machine; what grows
 * with it takes milliseconds. The most that is decoded is 4 MiB, and FC passes 32.
 */
const MOST = 2 * MIB;

let cloud: LocalCloud;
beforeAll(async () => {
  cloud = await startLocalCloud({ instances: 1 });
});
afterAll(() => cloud.stop());

function options(more: Record<string, string> = {}) {
  const { accessKeyId, accessKeySecret } = cloud.ecs.credentials;
  return {
    variables: {
      ECS_ENDPOINT: cloud.ecs.endpoint,
      ALIBABA_CLOUD_ACCESS_KEY_ID: accessKeyId,
      ALIBABA_CLOUD_ACCESS_KEY_SECRET: accessKeySecret,
      ...more,
    },
    write: () => undefined,
  };
}

const fill = (text: string, bytes: number) => text.repeat(Math.floor(bytes / text.length));
const canonical = '"RegionId":"cn-hangzhou","KeyPairName":"leaked-key"';
const json = { 'Content-Type': 'application/json' };
const form = { 'Content-Type': 'application/x-www-form-urlencoded' };

describe('a large body is answered in a time that grows with its bytes', () => {
  it.each<[string, string, Record<string, string>, number, string]>([
    ['as deep as it is long', fill('[', MOST), json, 400, 'MalformedBody'],
    ['deep, and closed', `${fill('[', MOST / 2)}${fill(']', MOST / 2)}`, json, 400, 'MalformedBody'],
    [
      'deep in a field',
      `{${canonical},"Filter":${'{"a":'.repeat(100_000)}1${'}'.repeat(100_000)}}`,
      json,
      400,
      'InvalidParameter',
    ],
    [
      'deep in place of an id',
      `{${canonical},"InstanceIds":[${'['.repeat(100_000)}${']'.repeat(100_000)}]}`,
      json,
      400,
      'InvalidInstanceIds.ValueNotSupported',
    ],
    [
      'deep in place of a text',
      `{"RegionId":${'['.repeat(100_000)}${']'.repeat(100_000)}}`,
      json,
      400,
      'MissingParameter',
    ],
    [
      'with a bad id of megabytes',
      `{${canonical},"InstanceIds":["${fill('x', MOST - 200)}"]}`,
      json,
      400,
      'InvalidInstanceIds.ValueNotSupported',
    ],
    [
      'with one id over and over',
      `{${canonical},"InstanceIds":[${fill('"i-bp1aaaa",', MOST - 200)}"i-bp1aaaa"]}`,
      json,
      400,
      'InvalidInstanceIds.ValueNotSupported',
    ],
    [
      'with a million ids, the last of them bad',
      `{${canonical},"InstanceIds":[${fill('"i-bp1",', MOST - 200)}7]}`,
      json,
      400,
      'InvalidInstanceIds.ValueNotSupported',
    ],
    [
      'with numbers for ids',
      `{${canonical},"InstanceIds":[${fill('1,', MOST - 200)}1]}`,
      json,
      400,
      'InvalidInstanceIds.ValueNotSupported',
    ],
    ['with a name of megabytes', `{"${fill('n', MOST - 10)}":1}`, json, 400, 'MissingParameter'],
    [
      'with a key pair of megabytes',
      `{"RegionId":"cn-hangzhou","KeyPairName":"${fill('k', MOST - 100)}"}`,
      json,
      400,
      'InvalidKeyPairName.Malformed',
    ],
    [
      'with a region of megabytes',
      `{"RegionId":"cn${fill('-a', MOST - 100)}","KeyPairName":"leaked-key"}`,
      json,
      400,
      'InvalidRegionId.Malformed',
    ],
    [
      'with a role of megabytes',
      `{${canonical},"InstanceIds":["i-bp1"],"RoleArn":"acs:ram::${fill('1', MOST - 200)}"}`,
      json,
      400,
      'InvalidParameter',
    ],
    [
      'with many unknown fields',
      `{${canonical},${Array.from({ length: 300_000 }, (_, k) => `"f${k}":1`).join(',')}}`,
      json,
      400,
      'InvalidParameter',
    ],
    [
      'with one field over and over',
      `{${fill(`${canonical},`, MOST - 200)}${canonical}}`,
      json,
      400,
      'MissingParameter',
    ],
    ['of blanks', fill(' ', MOST), json, 400, 'MalformedBody'],
    ['of backslashes', `{"RegionId":"${fill('\\\\', MOST - 100)}"}`, json, 400, 'MissingParameter'],
    ['of one number', fill('9', MOST), json, 400, 'MalformedBody'],
    [
      'as a form of many names',
      Array.from({ length: 300_000 }, (_, k) => `f${k}=1`).join('&'),
      form,
      400,
      'MissingParameter',
    ],
    ['as a form of one name', fill('a=1&', MOST), form, 400, 'InvalidParameter'],
    ['as a form of escapes', fill('%41', MOST), form, 400, 'MissingParameter'],
    ['as a form of broken escapes', fill('%', MOST), form, 400, 'MalformedBody'],
    [
      'as a form of ids',
      `RegionId=cn-hangzhou&KeyPairName=leaked-key&InstanceIds=${fill('i-bp1,', MOST - 100)}`,
      form,
      400,
      'InvalidInstanceIds.ValueNotSupported',
    ],
    [
      'as a form of deep ids',
      `RegionId=cn-hangzhou&KeyPairName=leaked-key&InstanceIds=${fill('[', MOST - 100)}`,
      form,
      400,
      'InvalidInstanceIds.ValueNotSupported',
    ],
    ['of just 4 MiB', fill('a', 4 * MIB), json, 400, 'MalformedBody'],
    ['of one byte more', fill('a', 4 * MIB + 1), json, 413, 'RequestTooLarge'],
    ['of 32 MiB', fill('a', 32 * MIB), json, 413, 'RequestTooLarge'],
  ])('%s', async (_, body, headers, status, code) => {
    const event = Buffer.from(JSON.stringify(httpEvent({ body, headers })));
    const answer = await enter(event, fcContext(), options());
    const { statusCode, body: text } = recordOf(answer);
    expect([statusCode, JSON.parse(String(text)).Code]).toEqual([status, code]);
    expect(String(text).length).toBeLessThan(1_000);
  });

  it.each<[string, Buffer, number, string]>([
    ['of zeros', Buffer.alloc(MOST), 400, 'MalformedBody'],
    ['that is no UTF-8', Buffer.alloc(MOST, 0xff), 400, 'MalformedBody'],
    ['that is too large', Buffer.alloc(24 * MIB), 413, 'RequestTooLarge'],
    ['that is almost UTF-8', Buffer.concat([Buffer.alloc(MOST - 1, 0x20), Buffer.of(0xc3)]), 400, 'MalformedBody'],
  ])('in base64, %s', async (_, bytes, status, code) => {
    const event = Buffer.from(
      JSON.stringify(httpEvent({ body: bytes.toString('base64'), isBase64Encoded: true, headers: json })),
    );
    const answer = await enter(event, fcContext(), options());
    const { statusCode, body: text } = recordOf(answer);
    expect([statusCode, JSON.parse(String(text)).Code]).toEqual([status, code]);
  });
});

it('answers each of as many events as are taken at once', async () => {
  const event = Buffer.from(JSON.stringify(Array.from({ length: 10_000 }, () => 1)));
  const thrown = await enter(event, fcContext(), options()).catch((error: unknown) => error);
  expect(JSON.parse(thrown instanceof Error ? thrown.message : '')).toHaveLength(10_000);
});

describe('a large event is answered in a time that grows with its bytes', () => {
  it.each<[string, string]>([
    ['as deep as it is long', fill('[', MOST)],
    ['deep, and closed', `${'['.repeat(100_000)}${']'.repeat(100_000)}`],
    [
      'a deep CloudEvent',
      `{"specversion":"1.0","source":"a","id":"b","data":${'[['.repeat(50_000)}${']]'.repeat(50_000)}}`,
    ],
    ['a CloudEvent with an id of megabytes', `{"specversion":"1.0","source":"a","id":"${fill('x', MOST)}","data":{}}`],
    ['an array of nothing', `[${fill('1,', MOST)}1]`],
    ['an array of texts', `[${fill('"",', MOST)}""]`],
    ['an array of arrays', `[${fill('[],', MOST)}[]]`],
    ['an array of requests', `[${fill(`{${canonical}},`, MOST)}{}]`],
  ])('%s', async (_, text) => {
    const event = Buffer.from(text);
    const thrown = await enter(event, fcContext(), options()).catch((error: unknown) => error);
    const answers = [JSON.parse(thrown instanceof Error ? thrown.message : '')].flat();
    for (const answer of answers) expect(answer).toMatchObject({ RequestId: REQUEST_ID });
    expect(answers.map(({ Code }) => Code)).not.toContain('InternalError');
  });

  it.each<[string, string]>([
    ['deep', `${'['.repeat(100_000)}${']'.repeat(100_000)}`],
    ['of many ids', `{"Version":1,"InstanceIds":[${fill('"i-bp1",', MOST)}"i-bp1"]}`],
    ['of one name', `{"${fill('n', MOST)}":1}`],
  ])('a message for the reboots, %s', async (_, text) => {
    const event = Buffer.from(text);
    const thrown = await enterReboots(event, fcContext(), options()).catch((error: unknown) => error);
    expect(JSON.parse(thrown instanceof Error ? thrown.message : '')).toMatchObject({
      RequestId: REQUEST_ID,
      Code: 'MalformedBody',
    });
  });
});
