import { spawn, spawnSync } from 'node:child_process';
import { chmodSync, chownSync, linkSync, lstatSync, mkdirSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { scriptFor } from '../../functions/remove-public-key/script.ts';
import { alice, both, check, keys, remove, rest } from './alice.ts';
import { ALICE, has, makeTools, runScript, SCRIPT, SYSTEM, sh, variables } from './tree.ts';

const isRoot = process.getuid?.() === 0;

it('keeps mode and owner, and leaves nothing beside the file', () => {
  const tree = alice();
  const file = join(tree.root, ALICE);
  chmodSync(file, 0o640);
  if (isRoot) chownSync(file, 2001, 3001);
  const { mode, uid, gid } = statSync(file);

  remove(tree);

  expect(statSync(file)).toMatchObject({ mode, uid, gid });
  expect(readdirSync(join(tree.root, '/home/alice/.ssh'))).toEqual(['authorized_keys']);
  expect(readdirSync(join(tree.root, 'var/run')).filter((name) => name !== 'remove-public-key.lock')).toEqual([]);
});

it('does not touch a file without a match', () => {
  const tree = alice(rest);
  const file = join(tree.root, ALICE);
  const { ino, mtimeMs, ctimeMs } = statSync(file);

  const { summary } = remove(tree);

  expect(summary).toMatchObject({ status: '0', files: '1', removed: '0' });
  expect(statSync(file)).toMatchObject({ ino, mtimeMs, ctimeMs });
});

it('follows symbolic links, and leaves them as they are', () => {
  const tree = alice();
  tree.write('/srv/keys/alice', both);
  sh('rm home/alice/.ssh/authorized_keys && ln -s ../../../srv/keys/alice home/alice/.ssh/authorized_keys', tree.root);

  remove(tree);

  expect(tree.read('/srv/keys/alice')).toBe(rest);
  expect(lstatSync(join(tree.root, ALICE)).isSymbolicLink()).toBe(true);
});

it('takes the key from all names of a file that has several', () => {
  const tree = alice();
  const file = join(tree.root, ALICE);
  tree.write('/srv/copy', 'x');
  sh('rm srv/copy', tree.root);
  linkSync(file, join(tree.root, 'srv/copy'));

  remove(tree);

  expect([tree.read(ALICE), tree.read('/srv/copy')]).toEqual([rest, rest]);
  expect(statSync(file).nlink).toBe(2);
});

it('looks where the configuration says, in included files and in Match blocks too', () => {
  const tree = alice(rest);
  const config = [
    'Include sshd_config.d/*.conf',
    'authorizedkeysfile=/etc/keys/%u .ssh/more',
    'Match Address 10.0.0.0/8',
  ];
  tree.write(
    '/etc/ssh/sshd_config',
    `${config.join('\n')}\n  AuthorizedKeysFile "/etc/other keys/%%%U" # ${keys.leaked}\n`,
  );
  tree.write('/etc/ssh/sshd_config.d/a.conf', 'TrustedUserCAKeys /etc/ssh/ca\r\nInclude /etc/ssh/further\n');
  tree.write('/etc/ssh/further', 'AuthorizedKeysFile %h/x');
  const files = [
    '/etc/keys/alice',
    '/home/alice/.ssh/more',
    '/etc/other keys/%2001',
    '/etc/ssh/ca',
    '/home/alice/x',
    '/root/.ssh/authorized_keys2',
  ];
  for (const file of files) tree.write(file, both);

  const { summary } = remove(tree);

  expect(files.map((file) => [file, tree.read(file)])).toEqual(files.map((file) => [file, rest]));
  expect(summary).toMatchObject({ status: '0', files: '7', removed: '6', unreadable: '' });
});

it('looks into every file of a folder that has one for each user, as a directory service does not list its users', () => {
  const tree = alice(rest);
  tree.write('/etc/ssh/sshd_config', 'AuthorizedKeysFile "/etc/ssh/keys of/%u" /srv/%u/keys\n');
  const files = ['/etc/ssh/keys of/ldap-user', '/etc/ssh/keys of/an other', '/srv/ldap-user/keys'];
  for (const file of files) tree.write(file, both);

  expect(remove(tree).summary).toMatchObject({ status: '0', removed: '3', unreadable: '' });
  expect(files.map(tree.read)).toEqual(files.map(() => rest));
});

it('reads included files whose names have blanks', () => {
  const tree = alice(rest);
  tree.write('/etc/ssh/sshd_config', 'Include "/etc/ssh/more of it/*.conf"\n');
  tree.write('/etc/ssh/more of it/a b.conf', 'Match User alice\n  AuthorizedKeysFile "/srv/the keys"\n');
  tree.write('/srv/the keys', both);

  expect(remove(tree).summary).toMatchObject({ status: '0', removed: '1' });
});

it('takes a key out of what is odd, and leaves the rest as it was, byte by byte', () => {
  const odd = `\0\n\r\n${keys.other} \tö\r\n`;
  const tree = alice(`${odd}from="10.0.0.0/8, 127.0.0.1",command="a \\"b\\" c"\t${keys.leaked}\tc\r\n${odd}no newline`);
  tree.write('/root/.ssh/authorized_keys2', `${odd}${keys.leaked}`);

  expect(remove(tree).summary).toMatchObject({ status: '0', removed: '2', unreadable: '' });
  expect([tree.read(ALICE), tree.read('/root/.ssh/authorized_keys2')]).toEqual([`${odd}${odd}no newline`, odd]);
});

it('takes a home that is a file, or is not there, for one without keys', () => {
  const tree = alice(rest);
  tree.write(
    '/etc/passwd',
    `${tree.read('/etc/passwd')}file:x:3:3::/etc/passwd:/bin/sh\ngone:x:4:4::/nowhere:/bin/sh\n`,
  );

  expect(check(tree).summary).toMatchObject({ status: '0', files: '1', unreadable: '' });
});

it('is not clean where a configuration includes what cannot be read', () => {
  const tree = alice(rest);
  sh('mkdir etc/ssh/folder.conf', tree.root);
  tree.write('/etc/ssh/sshd_config', 'Include /etc/ssh/*.conf\n');

  expect(check(tree).summary).toMatchObject({ status: '1', unreadable: '/etc/ssh/folder.conf,' });
});

it('looks into folders of /home that belong to no user', () => {
  const tree = alice(rest);
  tree.write('/home/gone/.ssh/authorized_keys', both);

  expect(remove(tree).summary).toMatchObject({ status: '0', removed: '1' });
});

it('does not read what is no regular file, as sshd does not', () => {
  const tree = alice(rest);
  mkdirSync(join(tree.root, '/home/alice/.ssh/authorized_keys2'));
  mkdirSync(join(tree.root, '/root/.ssh'));
  sh('mkfifo root/.ssh/authorized_keys', tree.root);

  expect(check(tree).summary).toMatchObject({ status: '0', files: '1', unreadable: '' });
});

it('is not clean where it cannot tell whether a file is there', () => {
  const tree = alice(rest);
  sh('ln -s authorized_keys2 home/alice/.ssh/authorized_keys2', tree.root);

  const { status, summary } = check(tree);

  expect({ status, unreadable: summary['unreadable'] }).toEqual({
    status: 1,
    unreadable: '/home/alice/.ssh/authorized_keys2,',
  });
});

it('is not clean where an AuthorizedKeysCommand is set and sshd cannot be asked', () => {
  const tree = alice(rest);
  tree.write('/etc/ssh/sshd_config', 'AuthorizedKeysCommand /usr/bin/keys %u\n');

  expect(check(tree).summary).toMatchObject({ status: '1', unreadable: 'AuthorizedKeysCommand,' });
});

it('names what it could not write, and goes on with the others', () => {
  const tree = alice();
  tree.write('/root/.ssh/authorized_keys', both);
  sh(
    'chattr +i home/alice/.ssh/authorized_keys 2>/dev/null || { rm home/alice/.ssh/authorized_keys; ln -s authorized_keys home/alice/.ssh/authorized_keys; }',
    tree.root,
  );
  onTestFinished(() => {
    sh('chattr -i home/alice/.ssh/authorized_keys 2>/dev/null || true', tree.root);
  });

  const { status, summary } = remove(tree);

  expect({ status, ...summary, files: '' }).toMatchObject({ unreadable: `${ALICE},`, removed: '1' });
  expect(status).toBe(1);
  expect(tree.read('/root/.ssh/authorized_keys')).toBe(rest);
});

it('runs twice at once without harm', async () => {
  const lines = Array.from({ length: 50 }, (_, k) => (k % 3 === 0 ? `${keys.leaked} c${k}` : `${keys.other} c${k}`));
  const tree = alice(`${lines.join('\n')}\n`);
  const once = () =>
    new Promise<number | null>((resolve) => {
      const env = { ...process.env, REMOVE_PUBLIC_KEY_TEST_ROOT: tree.root, ...variables(keys.leaked, 'remove') };
      spawn('sh', [SCRIPT], { env, stdio: 'ignore' }).on('close', resolve);
    });

  expect(await Promise.all([once(), once(), once()])).toEqual([0, 0, 0]);
  expect(tree.read(ALICE)).toBe(`${lines.filter((line) => !line.startsWith(keys.leaked)).join('\n')}\n`);
});

it('refuses to work with tools that do not do what it needs', () => {
  const tree = alice();
  const tools = makeTools('no tail', 'sh', 'awk', []);
  sh('rm tail && ln -s /bin/true tail', tools.path);
  const before = tree.read(ALICE);

  const { status, summary } = runScript(tree, tools, { mode: 'remove', key: keys.leaked });

  expect({ status, reason: summary['reason'] }).toEqual({ status: 2, reason: 'self-check' });
  expect(tree.read(ALICE)).toBe(before);
});

it('says without users, or without a folder to work in, that it cannot work', () => {
  const tree = alice();
  sh(': > etc/passwd && mv home homes', tree.root);
  expect(check(tree)).toMatchObject({ status: 2, summary: { reason: 'no-users' } });
  sh('rm -r var', tree.root);
  expect(check(tree)).toMatchObject({ status: 2, summary: { reason: 'no-folder' } });
});

it('says that it does not know the sessions where there is no log', () => {
  const tree = alice();

  const { summary } = runScript(tree, SYSTEM, { mode: 'remove', key: keys.leaked, sessions: 'Close' });

  expect(summary['sessions']).toBe('unknown');
});

it.runIf(has('setfacl') && has('getfacl'))('keeps access control lists', () => {
  const tree = alice();
  if (spawnSync('setfacl', ['-m', 'u:2:r', join(tree.root, ALICE)]).status !== 0) return;
  const acl = () => sh('getfacl -cpn home/alice/.ssh/authorized_keys', tree.root);
  const before = acl();

  remove(tree);

  expect(acl()).toBe(before);
  expect(tree.read(ALICE)).toBe(rest);
});

it('is shorter than 8 KB as it is sent, and clean by shellcheck', () => {
  const sent = (mode: 'remove' | 'check', sessions: 'Keep' | 'Close') =>
    scriptFor({ mode, sessions, publicKey: keys.leaked, nonce: 'n'.repeat(32) });
  const [, , ...close] = sent('remove', 'Close').split('\n');
  for (const text of [sent('remove', 'Keep'), sent('check', 'Keep'), close.join('\n')]) {
    expect(Buffer.byteLength(text)).toBeLessThan(8_192);
  }
  if (!has('shellcheck')) {
    console.info('The script is not checked by shellcheck: not on this machine.');
    return;
  }
  expect(spawnSync('shellcheck', [SCRIPT], { encoding: 'utf8' }).stdout).toBe('');
});
