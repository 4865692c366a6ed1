import { describe, expect, it } from 'vitest';
import { complaints, filterOf, targetFields } from '../../portal/core/target.ts';

const good = { regionId: 'cn-hangzhou', keyPairName: 'leaked-key', roleArn: '' };

describe('a target', () => {
  it.each([
    ['as it should be', {}, []],
    ['in another account', { roleArn: 'acs:ram::1234567890123456:role/portal' }, []],
    ['with letters of any script', { keyPairName: '密钥:1' }, []],
    ['without a region', { regionId: '' }, ['regionId']],
    ['with a host for a region', { regionId: 'evil.example.com' }, ['regionId']],
    ['with a key pair that starts with a digit', { keyPairName: '1key' }, ['keyPairName']],
    ['with a role that is none', { roleArn: 'admin' }, ['roleArn']],
    ['with nothing right', { regionId: 'x', keyPairName: '', roleArn: '?' }, ['regionId', 'keyPairName', 'roleArn']],
  ])('%s', (_, fields, wrong) => {
    expect(Object.keys(complaints({ ...good, ...fields }))).toEqual(wrong);
  });

  it('becomes the fields of a request', () => {
    expect(targetFields(good)).toEqual({ RegionId: 'cn-hangzhou', KeyPairName: 'leaked-key' });
    expect(targetFields({ ...good, roleArn: 'acs:ram::1:role/a' })).toHaveProperty('RoleArn', 'acs:ram::1:role/a');
  });

  it('may be narrowed by tags, with a value or any', () => {
    const tag = (key: string, value: string) => ({ key, value });
    expect(filterOf([])).toEqual({});
    expect(filterOf([tag('', 'x')])).toEqual({});
    expect(filterOf([tag('team', 'web'), tag('env', '')])).toEqual({
      Tags: [{ Key: 'team', Value: 'web' }, { Key: 'env' }],
    });
  });
});
