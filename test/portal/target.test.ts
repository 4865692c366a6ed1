import { describe, expect, it } from 'vitest';
import { isPublicKey } from '../../portal/core/public-key.ts';
import { complaints, filterOf, isTarget, type Scope, scopeFields, targetOf } from '../../portal/core/target.ts';
import { holdsPrivateKey } from '../../shared/private-key.ts';

const ED25519 = 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIE0wPZ8mEJ5Kz9fHnVb1vYPVU5nCqHNH0rC1n1x2Y3Z4';
const ROLE = 'acs:ram::1234567890123456:role/portal';
const good: Scope = {
  key: { kind: 'name', text: 'leaked-key' },
  regions: ['cn-hangzhou'],
  roles: [],
  allowDifferentKeys: false,
};
const many = Array.from({ length: 51 }, (_, k) => `cn-region-${k}`);

describe('a scope', () => {
  it.each<[string, Partial<Scope>, string[]]>([
    ['as it should be', {}, []],
    ['in another account', { roles: [ROLE] }, []],
    ['with letters of any script', { key: { kind: 'name', text: '密钥:1' } }, []],
    ['everywhere', { regions: '*', roles: '*' }, []],
    ['by a public key', { key: { kind: 'public key', text: `${ED25519} me@here` } }, []],
    ['without a region', { regions: [''] }, ['regions']],
    ['with no region ticked', { regions: [] }, ['regions']],
    ['with more regions than a request takes', { regions: many }, ['regions']],
    ['with a host for a region', { regions: ['evil.example.com'] }, ['regions']],
    ['with a key pair that starts with a digit', { key: { kind: 'name', text: '1key' } }, ['key']],
    ['with a role that is none', { roles: ['admin'] }, ['roles']],
    [
      'with nothing right',
      { key: { kind: 'public key', text: 'x' }, regions: ['x'], roles: ['?'] },
      ['key', 'regions', 'roles'],
    ],
  ])('%s', (_, fields, wrong) => {
    expect(complaints({ ...good, ...fields })).toEqual(wrong);
  });

  it('becomes the fields of a request: of one place as they always were, of several as lists', () => {
    expect(scopeFields(good)).toEqual({ RegionId: 'cn-hangzhou', KeyPairName: 'leaked-key' });
    expect(scopeFields({ ...good, roles: [ROLE] })).toHaveProperty('RoleArn', ROLE);
    expect(scopeFields({ ...good, regions: '*', roles: '*', allowDifferentKeys: true })).toEqual({
      RegionId: '*',
      KeyPairName: 'leaked-key',
      RoleArn: '*',
      AllowDifferentKeys: true,
    });
    expect(scopeFields({ ...good, key: { kind: 'public key', text: ED25519 } })).toEqual({
      RegionId: ['cn-hangzhou'],
      PublicKey: ED25519,
    });
  });

  it('is one target only when it has one of each', () => {
    expect(targetOf(good)).toEqual({ regionId: 'cn-hangzhou', keyPairName: 'leaked-key', roleArn: '' });
    expect(targetOf({ ...good, roles: [ROLE, `${ROLE}2`] })).toBeUndefined();
    expect(targetOf({ ...good, roles: '*' })).toBeUndefined();
    expect(isTarget({ regionId: 'cn-hangzhou', keyPairName: 'leaked-key', roleArn: 'admin' })).toBe(false);
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

describe('a pasted key', () => {
  it.each([
    ['one line', ED25519, true],
    ['one line with a comment', `${ED25519} someone at work`, true],
    ['two lines', `${ED25519}\n${ED25519}`, false],
    ['options before it', `no-pty ${ED25519}`, false],
    ['a blob that names another type', ED25519.replace('ssh-ed25519', 'ssh-rsa'), false],
    ['no blob', 'ssh-rsa', false],
    ['a blob that is no base64', 'ssh-rsa AAAAA', false],
  ])('that is %s', (_, text, expected) => {
    expect(isPublicKey(text)).toBe(expected);
  });

  it.each([
    ['-----BEGIN OPENSSH PRIVATE KEY-----\nb3Bl', true],
    ['-----BEGIN RSA PRIVATE KEY-----', true],
    ['PuTTY-User-Key-File-3: ssh-ed25519', true],
    ['b3BlbnNzaC1rZXktdjEAAAAABG5vbmU', true],
    [ED25519, false],
  ])('%s is known for a private one', (text, expected) => {
    expect(holdsPrivateKey(text)).toBe(expected);
  });
});
