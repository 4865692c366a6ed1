import { execFile, spawnSync } from 'node:child_process';
import { createServer } from 'node:net';
import { resolve } from 'node:path';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';
import { CASES } from './cases.ts';
import { makeKeyFile, makeKeys } from './keys.ts';
import { has, makeTree, SCRIPT, summaryOf, type Tree, variables } from './tree.ts';

const canRun =
  ['sshd', 'ssh', 'ssh-keygen', 'ssh-keyscan', 'unshare'].every(has) &&
  spawnSync('unshare', ['-m', 'true']).status === 0;
if (!canRun) console.info('The cases are not settled by sshd: this needs root, unshare and OpenSSH on this machine.');

const keys = makeKeys();
const users = [...CASES.map((_, k) => `case${k}`), 'by-match', 'nologin', 'elsewhere'];

/** What sshd needs in place of the machine's own. */
function machineFor(users: readonly string[]): Tree {
  const tree = makeTree([
    { name: 'root', home: '/root' },
    { name: 'sshd', home: '/run/sshd', shell: '/usr/sbin/nologin' },
    ...users.map((name) => ({
      name,
      home: `/home/${name}`,
      shell: name === 'nologin' ? '/usr/sbin/nologin' : '/bin/sh',
    })),
  ]);
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
  tree.write('/run/sshd/.keep', '');
  tree.write('/root/.keep', '');
  tree.write('/dev/.keep', '');
  return tree;
}

function machineOfCases(): Tree {
  const tree = machineFor(users);
  const both = `${keys.leaked}\n${keys.other}\n`;
  CASES.forEach((each, k) => {
    tree.write(`/home/case${k}/.ssh/authorized_keys`, each.before(keys), 0o644);
  });
  tree.write('/home/nologin/.ssh/authorized_keys2', both, 0o644);
  for (const user of ['elsewhere', 'by-match']) tree.write(`/etc/ssh/keys/${user}`, both, 0o644);
  tree.write('/etc/ssh/more.conf', 'Match User elsewhere,by-match\n  AuthorizedKeysFile /etc/ssh/keys/%u\nMatch all\n');
  tree.write('/run/users', `${users.join('\n')}\n`);
  return tree;
}

/** A shell script in a mount namespace of its own. */
async function inNamespace(script: string, tree: Tree, key = keys.leaked): Promise<string[]> {
  const args = ['-m', '--propagation', 'private', 'sh', resolve(`test/remove-public-key/${script}`)];
  const environment = { ROOT: tree.root, SCRIPT: resolve(SCRIPT), PORT: String(await freePort()) };
  const { stdout } = await promisify(execFile)('unshare', args, {
    cwd: tree.root,
    timeout: 100_000,
    env: { ...process.env, ...variables(key, ''), ...environment },
  });
  return stdout.trim().split('\n');
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
    const tree = machineOfCases();
    try {
      const lines = await inNamespace('sshd.sh', tree);
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

const isLogged = canRun && has('busybox');
if (!isLogged) console.info('Closing sessions is not tried: this needs the above and busybox, for its syslogd.');

it.runIf(isLogged)(
  'ends the sessions that were opened with the key, and no other',
  async () => {
    const { pem, publicKey } = makeKeyFile();
    const other = makeKeyFile();
    const tree = machineFor(['alice']);
    tree.write('/root/.ssh/authorized_keys', `${publicKey}\n`);
    tree.write('/home/alice/.ssh/authorized_keys', `${publicKey}\n${other.publicKey}\n`, 0o644);
    tree.write('/etc/ssh/more.conf', 'PermitRootLogin yes\n');
    tree.write('/run/session-leaked', pem);
    tree.write('/run/session-other', other.pem);
    try {
      const [summary = '', ...sessions] = await inNamespace('sessions.sh', tree, publicKey);
      expect(summaryOf(summary)).toMatchObject({ status: '0', removed: '2', sessions: '2' });
      expect(sessions).toEqual(['closed root', 'closed alice', 'open other']);
    } finally {
      tree.remove();
    }
  },
  120_000,
);
