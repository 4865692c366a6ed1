import { execFile, spawnSync } from 'node:child_process';
import { createServer } from 'node:net';
import { resolve } from 'node:path';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';
import { CASES } from './cases.ts';
import { makeKeys } from './keys.ts';
import { has, makeTree, SCRIPT, summaryOf, type Tree, variables } from './tree.ts';

const canRun =
  ['sshd', 'ssh', 'ssh-keygen', 'ssh-keyscan', 'unshare'].every(has) &&
  spawnSync('unshare', ['-m', 'true']).status === 0;
if (!canRun) console.info('The cases are not settled by sshd: this needs root, unshare and OpenSSH on this machine.');

const keys = makeKeys();
const users = [...CASES.map((_, k) => `case${k}`), 'by-command', 'nologin', 'elsewhere'];

function machine(): Tree {
  const tree = makeTree([
    { name: 'root', home: '/root' },
    { name: 'sshd', home: '/run/sshd', shell: '/usr/sbin/nologin' },
    ...users.map((name) => ({
      name,
      home: `/home/${name}`,
      shell: name === 'nologin' ? '/usr/sbin/nologin' : '/bin/sh',
    })),
  ]);
  CASES.forEach((each, k) => {
    tree.write(`/home/case${k}/.ssh/authorized_keys`, each.before(keys), 0o644);
  });
  tree.write('/home/nologin/.ssh/authorized_keys2', `${keys.leaked}\n${keys.other}\n`, 0o644);
  tree.write('/etc/ssh/keys/elsewhere', `${keys.leaked}\n${keys.other}\n`, 0o644);
  tree.write('/etc/ssh/keys/by-command', `${keys.leaked}\n${keys.other}\n`, 0o644);
  const names = ['root', 'sshd', ...users];
  tree.write('/etc/shadow', names.map((name) => `${name}:*:19000:0:99999:7:::\n`).join(''));
  tree.write('/etc/group', 'root:x:0:\nnogroup:x:65534:\n', 0o644);
  tree.write('/etc/nsswitch.conf', 'passwd: files\ngroup: files\nshadow: files\n', 0o644);
  const config = [
    'ListenAddress 127.0.0.1',
    'StrictModes no',
    'PasswordAuthentication no',
    'KbdInteractiveAuthentication no',
    'UsePAM no',
    'KexAlgorithms curve25519-sha256',
    'MaxStartups 100',
    'Include /etc/ssh/more.conf',
  ];
  tree.write('/etc/ssh/sshd_config', `${config.join('\n')}\n`);
  tree.write(
    '/etc/ssh/more.conf',
    'Match User elsewhere,by-command\n  AuthorizedKeysFile /etc/ssh/keys/%u\nMatch all\n',
  );
  tree.write('/run/leaked.pub', `${keys.leaked}\n`);
  tree.write('/run/other.pub', `${keys.other}\n`);
  tree.write('/run/users', `${users.join('\n')}\n`);
  tree.write('/run/sshd/.keep', '');
  tree.write('/root/.keep', '');
  return tree;
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const address = server.address();
  await new Promise((done) => server.close(done));
  return typeof address === 'object' && address ? address.port : 0;
}

it.runIf(canRun)(
  'removes the key so that sshd accepts it for no user, and still accepts every other key',
  async () => {
    const tree = machine();
    try {
      const { stdout } = await promisify(execFile)(
        'unshare',
        ['-m', '--propagation', 'private', 'sh', resolve('test/remove-public-key/sshd.sh')],
        {
          cwd: tree.root,
          env: {
            ...process.env,
            ...variables(keys.leaked, ''),
            ROOT: tree.root,
            SCRIPT: resolve(SCRIPT),
            PORT: String(await freePort()),
          },
        },
      );
      const lines = stdout.trim().split('\n');
      const accepted = (when: string, key: string) =>
        users.filter((user) => lines.includes(`${when} ${user} ${key} yes`));
      const nameOf = (user: string) => CASES[Number(user.slice(4))]?.name ?? user;
      const expected = (which: (position: number) => boolean | undefined) =>
        users.filter((user, k) => (user.startsWith('case') ? which(k) : true)).map(nameOf);

      expect(accepted('before', 'leaked').map(nameOf)).toEqual(expected((k) => CASES[k]?.accepted));
      expect(accepted('before', 'other').map(nameOf)).toEqual(expected((k) => CASES[k]?.other !== false));
      expect(accepted('after', 'leaked')).toEqual([]);
      expect(accepted('after', 'other')).toEqual(accepted('before', 'other'));

      const summaries = lines.filter((line) => line.startsWith('summary')).map(summaryOf);
      const everyUser = String(users.length + 2);
      expect(summaries).toMatchObject([
        { status: '1', asked: everyUser },
        { status: '0', unreadable: '' },
        { status: '0', asked: everyUser, accepted: '', lines: '0' },
      ]);
      expect(summaries[0]?.['accepted']?.split(',').length).toBeGreaterThan(15);
    } finally {
      tree.remove();
    }
  },
  120_000,
);
