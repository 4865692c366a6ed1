import { execFileSync } from 'node:child_process';
import { generateKeyPairSync } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { publicKeyLine } from '../../cli/public-key.ts';
import { parsePublicKey } from '../../shared/public-key.ts';
import { programs } from './program.ts';

const { open, run, homeFolder } = programs();

/** `ssh-keygen -t ed25519 -N secret` and its `.pub`: a key that protects nothing. */
const ENCRYPTED = `-----BEGIN OPENSSH PRIVATE KEY-----
${Buffer.concat([
  Buffer.from('openssh-key-v1\0'),
  ...['aes256-ctr', 'bcrypt', 'options'].map((text) => field(Buffer.from(text))),
  Buffer.of(0, 0, 0, 1),
  field(Buffer.concat([field(Buffer.from('ssh-ed25519')), field(Buffer.alloc(32, 7))])),
  field(Buffer.from('what nobody can read')),
]).toString('base64')}
-----END OPENSSH PRIVATE KEY-----
`;
const ED25519 = `ssh-ed25519 ${Buffer.concat([field(Buffer.from('ssh-ed25519')), field(Buffer.alloc(32, 7))]).toString('base64')}`;

function field(bytes: Buffer): Buffer {
  const length = Buffer.alloc(4);
  length.writeUInt32BE(bytes.length);
  return Buffer.concat([length, bytes]);
}

describe('the public half', () => {
  test.each([
    ['rsa', generateKeyPairSync('rsa', { modulusLength: 2048 }), 'pkcs1', 'ssh-rsa'],
    ['rsa', generateKeyPairSync('rsa', { modulusLength: 2048 }), 'pkcs8', 'ssh-rsa'],
    ['ec', generateKeyPairSync('ec', { namedCurve: 'P-384' }), 'sec1', 'ecdsa-sha2-nistp384'],
    ['ed25519', generateKeyPairSync('ed25519'), 'pkcs8', 'ssh-ed25519'],
  ] as const)('of a private %s key in PEM is computed here', (_, { privateKey, publicKey }, type, name) => {
    const pem = privateKey.export({ format: 'pem', type }).toString();
    const line = publicKeyLine(pem, 'id');
    expect(parsePublicKey(line).type).toBe(name);
    expect(line).toBe(publicKeyLine(publicKey.export({ format: 'pem', type: 'spki' }).toString(), 'id.pem'));
  });

  test('of an encrypted private key of OpenSSH is read where it stands in clear', () => {
    expect(publicKeyLine(ENCRYPTED, 'id_ed25519')).toBe(ED25519);
  });

  test('of a key of PuTTY, of RFC 4716, and of a .pub file is the same', () => {
    const blob = ED25519.split(' ')[1] ?? '';
    const putty = `PuTTY-User-Key-File-3: ssh-ed25519\nEncryption: none\nComment: x\nPublic-Lines: 1\n${blob}\nPrivate-Lines: 1\nAAAA\n`;
    const ssh2 = `---- BEGIN SSH2 PUBLIC KEY ----\nComment: "a key"\n${blob}\n---- END SSH2 PUBLIC KEY ----\n`;
    for (const text of [putty, ssh2, `${ED25519}\n`]) expect(publicKeyLine(text, 'file')).toBe(ED25519);
    expect(publicKeyLine(`# mine\n${ED25519} me@host\n`, 'file')).toBe(`${ED25519} me@host`);
  });

  test('is as ssh-keygen tells it, where there is one', () => {
    const file = path.join(homeFolder(), 'id');
    try {
      execFileSync('ssh-keygen', ['-q', '-t', 'rsa', '-b', '2048', '-N', 'a secret', '-f', file]);
    } catch (error) {
      // The cases above need none.
      expect(error).toMatchObject({ code: 'ENOENT' });
      return;
    }
    const read = (name: string) => execFileSync('cat', [name], { encoding: 'utf8' });
    expect(parsePublicKey(publicKeyLine(read(file), 'id'))).toEqual(parsePublicKey(read(`${file}.pub`)));
  });

  test.each([
    ['an encrypted PEM', '-----BEGIN ENCRYPTED PRIVATE KEY-----\nc2VjcmV0\n-----END ENCRYPTED PRIVATE KEY-----\n'],
    ['half a key', ENCRYPTED.slice(0, 120)],
    ['two keys', `${ED25519}\n${ED25519}\n`],
    ['a text', 'my secret password\n'],
  ])('of %s is refused without repeating it', (_, text) => {
    let message = '';
    try {
      publicKeyLine(text, 'file');
    } catch (error) {
      message = error instanceof Error ? error.message : '';
    }
    expect(message).toContain('file');
    expect(message).not.toMatch(/c2VjcmV0|my secret|b3BlbnNzaC1r/);
  });
});

test('--public-key takes every key pair off that holds the key, in several regions, by a private key file', async () => {
  const { privateKey } = generateKeyPairSync('ed25519');
  const pem = privateKey.export({ format: 'pem', type: 'pkcs8' }).toString();
  const line = publicKeyLine(pem, 'id');
  const cloud = await open({
    instances: [
      { keyPairName: 'one-name' },
      { keyPairName: 'other-name', regionId: 'cn-beijing' },
      { keyPairName: 'another-key' },
    ],
  });
  cloud.ecs.keyPairs.add('one-name', undefined, { publicKey: line });
  cloud.ecs.keyPairs.add('other-name', 'cn-beijing', { publicKey: line });
  const file = path.join(homeFolder(), 'id_ed25519');
  writeFileSync(file, pem, { mode: 0o600 });
  const flags = ['--region', 'cn-hangzhou,cn-beijing', '--public-key', file, '--all'];
  const ended = await run(['detach', ...flags, '--yes', '--debug']);
  expect(ended.stderr).toContain('in cn-hangzhou, cn-beijing');
  expect(ended.code).toBe(0);
  expect(JSON.parse(ended.stdout)).toMatchObject({
    KeyPairName: 'one-name,other-name',
    TotalCount: '2',
    FailCount: '0',
  });
  expect(cloud.ecs.instances().flatMap(({ keyPairName }) => keyPairName ?? [])).toEqual(['another-key']);
  for (const secret of pem.split('\n').filter((text) => text !== '' && !text.startsWith('-'))) {
    expect(ended.stdout + ended.stderr).not.toContain(secret);
  }
});
