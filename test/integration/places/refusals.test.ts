import { generateKeyPairSync } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type LocalCloud, startLocalCloud } from '../../../local-cloud/cloud.ts';
import { publicKeyFor } from '../../../local-cloud/ecs/key-pairs.ts';
import { detaching } from '../../support/detaching.ts';

let cloud: LocalCloud;
let ask: ReturnType<typeof detaching>;
beforeAll(async () => {
  cloud = await startLocalCloud({ instances: 1 });
  ask = detaching(cloud, { variables: { ALLOWED_ROLE_ARNS: 'acs:ram::1:role/a' } });
});
afterAll(() => cloud.stop());

const KEY = publicKeyFor('leaked-key');
const regions = (count: number) => Array.from({ length: count }, (_, k) => `cn-region-${k}`);

describe('a wide request is refused', () => {
  it.each([
    [
      'InstanceIds in several regions',
      { RegionId: ['cn-hangzhou'], InstanceIds: ['i-bp1nosuch'] },
      'InvalidParameter',
      'InstanceIds',
    ],
    [
      'InstanceIds with a public key',
      { KeyPairName: undefined, PublicKey: KEY, InstanceIds: ['i-bp1nosuch'] },
      'InvalidParameter',
      'Filter',
    ],
    ['no Filter', { RegionId: '*' }, 'MissingParameter', 'Filter'],
    ['no region', { RegionId: [], Filter: {} }, 'InvalidRegionId.Malformed', 'RegionId'],
    ['a region twice', { RegionId: ['cn-hangzhou', 'cn-hangzhou'], Filter: {} }, 'InvalidRegionId.Malformed', 'twice'],
    ['51 regions', { RegionId: regions(51), Filter: {} }, 'InvalidRegionId.Malformed', '50'],
    [
      'a malformed region',
      { RegionId: ['cn-hangzhou', 'oss-x/y'], Filter: {} },
      'InvalidRegionId.Malformed',
      'oss-x/y',
    ],
    ['a star among regions', { RegionId: ['*'], Filter: {} }, 'InvalidRegionId.Malformed', '*'],
    ['regions in one text', { RegionId: 'cn-hangzhou,us-east-1', Filter: {} }, 'InvalidRegionId.Malformed', 'list'],
    [
      'a role that is not allowed',
      { RoleArn: ['acs:ram::1:role/a', 'acs:ram::1:role/b'], Filter: {} },
      'Forbidden.RoleArn',
      'role',
    ],
    [
      'a role twice',
      { RoleArn: ['acs:ram::1:role/a', 'acs:ram::1:role/a'], Filter: {} },
      'InvalidParameter',
      'RoleArn',
    ],
    ['both name and key', { PublicKey: KEY, Filter: {} }, 'InvalidParameter', 'PublicKey'],
    ['neither name nor key', { KeyPairName: undefined, Filter: {} }, 'MissingParameter', 'KeyPairName'],
    [
      'several lines',
      { KeyPairName: undefined, PublicKey: `${KEY}\n${KEY}`, Filter: {} },
      'InvalidParameter',
      'several lines',
    ],
    ['options', { KeyPairName: undefined, PublicKey: `restrict ${KEY}`, Filter: {} }, 'InvalidParameter', 'options'],
    [
      'half a key',
      { KeyPairName: undefined, PublicKey: KEY.slice(0, 40), Filter: {} },
      'InvalidParameter',
      'PublicKey',
    ],
    ['a number', { KeyPairName: undefined, PublicKey: 5, Filter: {} }, 'InvalidParameter', 'PublicKey'],
    [
      'AllowDifferentKeys as a text',
      { AllowDifferentKeys: 'yes', Filter: {} },
      'InvalidParameter',
      'AllowDifferentKeys',
    ],
    [
      'DetachedSince',
      { RegionId: '*', Filter: {}, DetachedSince: '2026-11-24T08:00:00Z' },
      'InvalidParameter',
      'DetachedSince',
    ],
  ])('with %s', async (_, fields, code, word) => {
    const { status, body } = await ask({ body: { RegionId: 'cn-hangzhou', KeyPairName: 'leaked-key', ...fields } });
    expect([status, body.Code]).toEqual([code.startsWith('Forbidden') ? 403 : 400, code]);
    expect(body.Message).toContain(word);
    expect(cloud.ecs.calls).toEqual([]);
  });

  it('with a region that is not allowed', async () => {
    const variables = { ALLOWED_REGIONS: 'cn-hangzhou' };
    const { body } = await ask(
      { body: { RegionId: ['cn-hangzhou', 'us-east-1'], KeyPairName: 'leaked-key', Filter: {} } },
      { variables },
    );
    expect([body.Code, body.Message]).toEqual(['Forbidden.Region', expect.stringContaining('us-east-1')]);
  });

  it.each([
    ['PEM', 'pkcs8'],
    ['PKCS#1', 'pkcs1'],
  ] as const)('with a private key in %s, which is repeated nowhere', async (_, type) => {
    const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
    const pem = privateKey.export({ type, format: 'pem' }).toString();
    for (const field of ['PublicKey', 'KeyPairName', 'RegionId', 'RoleArn', 'ClientToken']) {
      const fields = {
        RegionId: '*',
        ...(field === 'PublicKey' ? {} : { KeyPairName: 'leaked-key' }),
        Filter: {},
        [field]: pem,
      };
      const { status, body, lines } = await ask({ body: fields });
      expect(status).toBe(400);
      if (field === 'PublicKey') expect(body.Message).toMatch(/private key.*public half/);
      const all = JSON.stringify([body, lines]);
      for (const line of pem.trim().split('\n')) expect(all).not.toContain(line);
    }
  });

  it('with an OpenSSH private key, encrypted or not', async () => {
    const PublicKey =
      '-----BEGIN OPENSSH PRIVATE KEY-----\nb3BlbnNzaC1rZXktdjEAAAAACmFlczI1Ni1jdHIAAAAGYmNyeXB0\n-----END OPENSSH PRIVATE KEY-----\n';
    const { body, lines } = await ask({ body: { RegionId: '*', PublicKey, Filter: {} } });
    expect(body.Message).toContain('public half');
    expect(JSON.stringify([body, lines])).not.toContain('b3Blb');
  });
});
