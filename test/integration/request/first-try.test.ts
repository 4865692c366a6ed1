import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type LocalCloud, startLocalCloud } from '../../../local-cloud/cloud.ts';
import { detaching, entering } from '../../support/detaching.ts';

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

const fields = (more: object = {}) => ({
  RegionId: 'cn-hangzhou',
  KeyPairName: 'leaked-key',
  InstanceIds: ids,
  ...more,
});
const FORM = { 'Content-Type': 'application/x-www-form-urlencoded' };

describe('a mistake of a first try', () => {
  it.each([
    [
      'JSON sent as a form, as curl -d does',
      () => ({ body: JSON.stringify(fields()), headers: FORM }),
      400,
      /content-type: application\/json/,
    ],
    [
      'JSON sent as a form and encoded, as curl --data-urlencode does',
      () => ({ body: encodeURIComponent(JSON.stringify(fields(), null, 1)), headers: FORM }),
      400,
      /content-type: application\/json/,
    ],
    [
      'JSON sent as text',
      () => ({ body: JSON.stringify(fields()), headers: { 'Content-Type': 'text/plain' } }),
      415,
      /content-type: application\/json/,
    ],
    [
      'a GET with the parameters alone',
      () => ({ method: 'GET', query: { RegionId: 'cn-hangzhou', KeyPairName: 'k' } }),
      400,
      /Action=DetachKeyPair/,
    ],
    [
      'the same on the health path, in lower case',
      () => ({ method: 'GET', path: '/healthz', query: { instanceids: 'i-a' } }),
      400,
      /Action=DetachKeyPair/,
    ],
    [
      'the same on the page, in snake case',
      () => ({ method: 'GET', query: { region_id: 'cn-hangzhou' } }),
      400,
      /Action=DetachKeyPair/,
    ],
    [
      'a field in lower case',
      () => ({ body: { ...fields({ RegionId: undefined }), regionId: 'cn-hangzhou' } }),
      400,
      /write RegionId/,
    ],
    ['a field in snake case', () => ({ body: fields({ dry_run: true }) }), 400, /did you mean DryRun/],
    ['a misspelt field', () => ({ body: fields({ Rebot: true }) }), 400, /"Rebot".*did you mean Reboot/],
    [
      'a misspelt field inside another',
      () => ({ body: fields({ Reboot: { BatchSze: 3 } }) }),
      400,
      /Reboot\.BatchSze.*did you mean BatchSize/,
    ],
    [
      'one id under a singular name',
      () => ({ body: fields({ InstanceId: 'i-abc' }) }),
      400,
      /did you mean InstanceIds/,
    ],
    ['a boolean in quotes', () => ({ body: fields({ DryRun: 'true' }) }), 400, /Write true without quotes/],
    [
      'a boolean in quotes where an object may stand',
      () => ({ body: fields({ Reboot: 'true' }) }),
      400,
      /Write true without quotes/,
    ],
    ['a number in quotes', () => ({ body: fields({ Reboot: { BatchSize: '20' } }) }), 400, /Write 20 without quotes/],
    ['a list in quotes', () => ({ body: fields({ InstanceIds: '["i-abc"]' }) }), 400, /Write it as JSON/],
    [
      'an empty list',
      () => ({ body: fields({ InstanceIds: [] }) }),
      400,
      /an empty list is not a list of at least one instance id/,
    ],
    ['null', () => ({ body: fields({ ClientToken: null }) }), 400, /Leave the field out/],
    ['a region in capitals', () => ({ body: fields({ RegionId: 'CN-HANGZHOU' }) }), 400, /lower case.*"cn-hangzhou"/],
    [
      'a time with a blank',
      () => ({ body: fields({ Verify: true, VerifySince: '2026-11-24 08:00:00' }) }),
      400,
      /2026-11-24T08:00:00Z/,
    ],
    ['no instances', () => ({ body: fields({ InstanceIds: undefined }) }), 400, /Filter: \{\} means every instance/],
    [
      'a comma too much',
      () => ({ body: '{\n "RegionId": "cn-hangzhou",\n}' }),
      400,
      /line 3, column 1: a comma is too much/,
    ],
    [
      'single quotes',
      () => ({ body: "{'RegionId': 'cn-hangzhou'}" }),
      400,
      /line 1, column 2: texts stand in double quotes/,
    ],
    [
      'typographic quotes',
      () => ({ body: '{\n  “RegionId”: “cn-hangzhou”}' }),
      400,
      /line 2, column 3: texts stand in double quotes/,
    ],
    [
      'a text without quotes',
      () => ({ body: '{\n  "RegionId": "cn-hangzhou",\n  "KeyPairName": leaked-key\n}' }),
      400,
      /line 3, column 18: only true, false and null stand without quotes/,
    ],
    [
      "a boolean of Python's, far down",
      () => ({ body: `{\n"InstanceIds": [${'"i-abc",\n'.repeat(5_000)}"i-abc"], "Reboot": True}` }),
      400,
      /line 5002, column 21: only true/,
    ],
    ['a comment', () => ({ body: '{\n // all of them\n "Filter": {}}' }), 400, /line 2, column 2\./],
    ['a literal that is cut', () => ({ body: '{"DryRun": tru}' }), 400, /line 1, column 15\./],
    ['a body that ends too early', () => ({ body: '{"RegionId":' }), 400, /ends too early, at line 1/],
    ['an empty body', () => ({ body: '', headers: { 'Content-Type': 'application/json' } }), 400, /it is empty/],
  ])('is told the cure: %s', async (_, http, status, cure) => {
    const answer = await ask(http());
    expect(answer.status).toBe(status);
    expect(answer.body.Message).toMatch(cure);
    expect(answer.body.Message).not.toMatch(/must (match|be|NOT)|pattern|\^/);
    expect(cloud.ecs.bound()).toEqual(ids);
  });

  it('is named for each malformed id, up to ten', async () => {
    const bad = Array.from({ length: 12 }, (_, k) => `bad ${k}`);
    const { body } = await ask({ body: fields({ InstanceIds: [...bad, ids[0], 7] }) });
    expect(body.Code).toBe('InvalidInstanceIds.ValueNotSupported');
    for (const id of bad.slice(0, 10)) expect(body.Message).toContain(`"${id}"`);
    expect(body.Message).toContain('and 3 more are not instance ids');
  });

  it.each([
    ['as the command line of ECS shows it', (all: string[]) => `['${all.join("','")}']`],
    ['as a shell leaves it', (all: string[]) => `[${all.join(', ')}]`],
    ['in the quotes that a shell should have taken', (all: string[]) => `'${JSON.stringify(all)}'`],
    ['with escaped quotes', (all: string[]) => `[${all.map((id) => `\\"${id}\\"`).join()}]`],
    ['of quoted ids without brackets', (all: string[]) => all.map((id) => `'${id}'`).join(', ')],
    ['in quotes of both kinds', ([a, b]: string[]) => `["${a}", '${b}']`],
  ])('is understood where it is clear what was meant: a list %s', async (_, write) => {
    const query = {
      Action: 'DetachKeyPair',
      RegionId: 'cn-hangzhou',
      KeyPairName: 'leaked-key',
      InstanceIds: write(ids),
    };
    expect((await ask({ query })).body.FailCount).toBe('0');
    expect(cloud.ecs.bound()).toEqual([]);
  });
});

describe('a byte order mark', () => {
  const BOM = '\uFEFF';
  const withMark = () => `${BOM}${JSON.stringify(fields())}`;

  it('is not part of a body, however it comes', async () => {
    const base64 = Buffer.from(withMark()).toString('base64');
    for (const http of [{ body: withMark() }, { body: base64, isBase64Encoded: true }]) {
      expect((await ask(http)).status).toBe(200);
    }
  });

  it.each([
    ['a direct event', () => withMark()],
    ['a direct event in base64', () => Buffer.from(withMark()).toString('base64')],
    ['a timer', () => ({ triggerName: 't', triggerTime: '2026-11-24T08:00:00Z', payload: withMark() })],
    ['a CloudEvent', () => ({ specversion: '1.0', id: '1', source: 's', type: 't', data: withMark() })],
    ['an MNS message', () => ({ TopicName: 't', MessageId: '1', Message: withMark() })],
    [
      'an MNS message in base64 for URLs, in lines',
      () => ({
        TopicName: 't',
        MessageId: '1',
        Message: Buffer.from(withMark()).toString('base64url').replace(/.{60}/g, '$&\r\n'),
      }),
    ],
    [
      'an MNS message in base64',
      () => ({ TopicName: 't', MessageId: '1', Message: Buffer.from(withMark()).toString('base64') }),
    ],
  ])('is not part of %s', async (_, event) => {
    expect(await entering(cloud, event(), {})).toMatchObject({ TotalCount: '2', FailCount: '0' });
  });
});
