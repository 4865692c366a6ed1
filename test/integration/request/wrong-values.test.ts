import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { detachRequestSchema } from '../../../functions/detach-key-pair/request/schema.ts';
import { type LocalCloud, startLocalCloud } from '../../../local-cloud/cloud.ts';
import { detaching } from '../../support/detaching.ts';

let cloud: LocalCloud;
let ask: ReturnType<typeof detaching>;

beforeAll(async () => {
  cloud = await startLocalCloud({ instances: 1 });
  ask = detaching(cloud);
});
afterAll(() => cloud.stop());

const fields = (more: object) => ({
  RegionId: 'cn-hangzhou',
  KeyPairName: 'leaked-key',
  InstanceIds: ['i-abc'],
  ...more,
});
const FORM = { 'Content-Type': 'application/x-www-form-urlencoded' };
const ROLE = 'acs:ram::123456:role/detach';
const TOMORROW = new Date(Date.now() + 90_000_000).toISOString();

type Case = readonly [given: string, more: object];

/** A single value of a field. */
const VALUES: readonly Case[] = [
  ['"CN"', { RegionId: 'CN' }],
  ['5', { RegionId: 5 }],
  ['"CN"', { RegionId: ['cn-hangzhou', 'CN'], InstanceIds: undefined, Filter: {} }],
  ['"x"', { KeyPairName: 'x' }],
  ['"i-abc"', { InstanceIds: 'i-abc' }],
  ['7', { InstanceIds: [7] }],
  ['true', { InstanceIds: undefined, Filter: true }],
  ['"env"', { InstanceIds: undefined, Filter: { Tags: ['env'] } }],
  ['""', { InstanceIds: undefined, Filter: { Tags: [{ Key: '' }] } }],
  ['1', { Reboot: 1 }],
  ['0', { Reboot: { BatchSize: 0 } }],
  ['2.5', { Reboot: { IntervalSeconds: 2.5 } }],
  ['-1', { Reboot: { DelaySeconds: -1 } }],
  ['"101%"', { Reboot: { MaxErrors: '101%' } }],
  ['59', { Reboot: { HealthTimeoutSeconds: 59 } }],
  ['"Up"', { Reboot: { Ready: 'Up' } }],
  ['"soon"', { Reboot: { NotBefore: 'soon' } }],
  ['"2026-02-30T00:00:00Z"', { Reboot: { NotBefore: '2026-02-30T00:00:00Z' } }],
  [`"${TOMORROW}"`, { Reboot: { NotBefore: TOMORROW } }],
  ['"yes"', { Online: 'yes' }],
  ['601', { Online: { TimeoutSeconds: 601 } }],
  ['"keep"', { Online: { Sessions: 'keep' } }],
  ['1', { DryRun: 1 }],
  ['"on"', { Continue: 'on' }],
  ['"2026-13-01T00:00:00Z"', { Verify: true, VerifySince: '2026-13-01T00:00:00Z' }],
  ['"2026-02-29T25:00:00Z"', { DetachedSince: '2026-02-29T25:00:00Z' }],
  [`"${TOMORROW}"`, { DetachedSince: TOMORROW }],
  ['"acs:ram::1:user/x"', { RoleArn: 'acs:ram::1:user/x' }],
  ['"é"', { ClientToken: 'é' }],
  ['"all"', { ReturnResults: 'all' }],
];

/** A number that none of them takes. */
const EVERY_FIELD: readonly Case[] = Object.keys(detachRequestSchema.properties).map((name) => [
  '1.5',
  { [name]: 1.5 },
]);

describe('a field with a wrong value', () => {
  it.each([...VALUES, ...EVERY_FIELD])(
    'is refused with what was given and an example: %s in %j',
    async (given, more) => {
      const { status, body } = await ask({ body: fields(more) });
      expect(status).toBe(400);
      expect(body.Message).toContain(given);
      expect(body.Message).toMatch(/Example: \S+/);
      expect(body.Message).not.toMatch(/[.?!]\.$/);
    },
  );

  it.each<readonly [RegExp, object]>([
    [/"cn-hangzhou" is in the list twice/, { RegionId: ['cn-hangzhou', 'us-west-1', 'cn-hangzhou'] }],
    [/a list of 51 is not/, { RegionId: Array.from({ length: 51 }, (_, k) => `cn-a${k}`) }],
    [/an empty list is not/, { RegionId: [] }],
    [/role\/detach" is in the list twice/, { RoleArn: [ROLE, ROLE] }],
    [/a list of 21 is not/, { Filter: { Tags: Array.from({ length: 21 }, (_, k) => ({ Key: `k${k}` })) } }],
  ])('that is a list is refused with what is wrong in it: %s', async (why, more) => {
    const { status, body } = await ask({ body: fields({ InstanceIds: undefined, Filter: {}, ...more }) });
    expect(status).toBe(400);
    expect(body.Message).toMatch(why);
    expect(body.Message).toContain('Example: ');
  });

  it.each<readonly [RegExp, object]>([
    [/Verify.*true/, { VerifySince: '2026-11-24T08:00:00Z' }],
    [/[Ll]eave .*out/, { DryRun: true, Verify: true, VerifySince: '2026-11-24T08:00:00Z' }],
    [/[Ll]eave .*out/, { Filter: {} }],
    [/[Ll]eave .*out/, { Reboot: { NotBefore: '2026-11-24T08:00:00Z', DelaySeconds: 5 } }],
    [/[Ll]eave .*out/, { DryRun: true, DetachedSince: '2026-11-24T08:00:00Z' }],
    [/[Ll]eave .*out/, { Colour: 'red' }],
    [/did you mean Reboot\?$/, { Rebot: true }],
  ])('that does not go with another is refused with the cure: %s', async (cure, more) => {
    const { status, body } = await ask({ body: fields(more) });
    expect([status, body.Message]).toEqual([400, expect.stringMatching(cure)]);
  });

  it.each(['TRUE', ' true', 'False'])('in a form is told how it is written: DryRun=%s', async (text) => {
    const form = new URLSearchParams({
      RegionId: 'cn-hangzhou',
      KeyPairName: 'leaked-key',
      InstanceIds: 'i-abc',
      DryRun: text,
    });
    const { status, body } = await ask({ body: String(form), headers: FORM });
    expect([status, body.Message]).toEqual([400, expect.stringMatching(/in lower case/)]);
  });

  it.each([
    ['is too long', 'x'.repeat(65), {}, /"x+"? is not.*Example: /],
    ['differs from ClientToken', 'a', { ClientToken: 'b' }, /"a".*"b".*[Ll]eave .*out/],
  ])('that is the header Idempotency-Key and %s is refused with the cure', async (_, token, more, cure) => {
    const { status, body } = await ask({ body: fields(more), headers: { 'Idempotency-Key': token } });
    expect([status, body.Message]).toEqual([400, expect.stringMatching(cure)]);
  });
});
