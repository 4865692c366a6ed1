import { spawn, spawnSync } from 'node:child_process';
import { linkSync, mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { alice, both, check, keys, remove, rest } from './alice.ts';
import { ALICE, COMMANDS, has, makeTools, SCRIPT, sh, type Tree, variables } from './tree.ts';

/** A folder of commands in which `command` is this shell script; `$0.real` is the real one. */
function toolsWith(commands: Readonly<Record<string, string>>) {
  const tools = makeTools('some are ours', 'sh', 'awk', ['ssh-keygen']);
  onTestFinished(() => rmSync(tools.path, { recursive: true }));
  for (const [command, text] of Object.entries(commands)) {
    sh(`mv ${command} ${command}.real`, tools.path);
    writeFileSync(join(tools.path, command), `#!/bin/sh\n${text}\n`, { mode: 0o755 });
  }
  return tools;
}

it('is not clean where a link leads to a name with a line end in it, whatever stands beside that', () => {
  for (const name of ['keys\n', 'ke\nys']) {
    const tree = alice(rest);
    for (const decoy of ['keys', 'ke', 'ys']) tree.write(`/home/alice/.ssh/${decoy}`, rest);
    tree.write(`/home/alice/.ssh/${name}`, both);
    symlinkSync(name, join(tree.root, '/home/alice/.ssh/authorized_keys2'));

    expect(remove(tree)).toMatchObject({
      status: 1,
      summary: { unreadable: expect.stringContaining('/home/alice/.ssh/ke') },
    });
    expect(check(tree)).toMatchObject({
      status: 1,
      summary: { unreadable: expect.stringContaining('/home/alice/.ssh/ke') },
    });
  }
});

it('takes the names of homes as they are: blanks, backslashes, and what shells and awk take for patterns', () => {
  const homes = ['a b', 'back\\cslash', 'nl\\n', 'a[b]', 'what?', 'per%hcent', '*'];
  const tree = alice(rest);
  const passwd = homes.map((name, k) => `user${k}:x:${3000 + k}:0::/srv/${name}:/bin/sh\n`).join('');
  tree.write('/etc/passwd', tree.read('/etc/passwd') + passwd);
  for (const name of [...homes, 'ab', 'whatx']) {
    tree.write(`/srv/${name}/.ssh/authorized_keys`, homes.includes(name) ? both : rest);
    tree.write(`/home/${name}/.ssh/authorized_keys`, both);
  }

  expect(remove(tree).summary).toMatchObject({ status: '0', removed: String(2 * homes.length + 2), unreadable: '' });
  for (const name of homes) expect([name, tree.read(`/srv/${name}/.ssh/authorized_keys`)]).toEqual([name, rest]);
});

it('looks into / for a user without a home, as sshd does, and into homes that a directory service keeps by domain', () => {
  const tree = alice(rest);
  tree.write('/etc/passwd', `${tree.read('/etc/passwd')}none:x:5:5:::/bin/sh\nrelative:x:6:6::srv/r:/bin/sh\n`);
  const files = ['/.ssh/authorized_keys', '/srv/r/.ssh/authorized_keys', '/home/EXAMPLE/bob/.ssh/authorized_keys'];
  for (const file of files) tree.write(file, both);

  expect(remove(tree).summary).toMatchObject({ status: '0', removed: '3' });
});

it('reads the configuration of systems that keep it in /usr/etc', () => {
  const tree = alice(rest);
  tree.write('/usr/etc/ssh/sshd_config', 'Match User alice\n  AuthorizedKeysFile /srv/keys/%u\n');
  tree.write('/srv/keys/alice', both);

  expect(remove(tree).summary).toMatchObject({ status: '0', removed: '1' });
});

it('is not clean where a folder in /home cannot be told from the fields of a user', () => {
  const tree = alice(rest);
  tree.write('/home/a:b/.ssh/authorized_keys', both);

  expect(check(tree)).toMatchObject({ status: 1, summary: { unreadable: '/home/a?b,' } });
});

it('reads configurations once that include each other', () => {
  const tree = alice(rest);
  tree.write('/etc/ssh/sshd_config', 'Include /etc/ssh/*\n');
  tree.write('/etc/ssh/more', 'AuthorizedKeysFile /srv/keys\nInclude sshd_config\n');
  tree.write('/srv/keys', both);

  expect(remove(tree).summary).toMatchObject({ status: '0', removed: '1' });
});

it('is clean where no user has a file', () => {
  const tree = alice(rest);
  sh('rm home/alice/.ssh/authorized_keys', tree.root);

  for (const shell of ['dash', 'bash', 'busybox'].filter(has)) {
    const tools = makeTools(shell, shell, shell === 'busybox' ? 'busybox' : 'mawk', []);
    onTestFinished(() => rmSync(tools.path, { recursive: true }));
    expect(check(tree, tools).summary).toMatchObject({ status: '0', files: '0', unreadable: '' });
  }
});

it('does not copy a huge file: it is not clean, and the others are', () => {
  const tree = alice(both);
  tree.write('/root/.ssh/authorized_keys', both);
  sh('truncate -s 100G root/.ssh/authorized_keys', tree.root);

  expect(remove(tree)).toMatchObject({ status: 1, summary: { unreadable: '/root/.ssh/authorized_keys,' } });
  expect(tree.read(ALICE)).toBe(rest);
});

it('finds the key behind a line of a megabyte, and in one', () => {
  const long = `${'a '.repeat(250_000)}${'""'.repeat(250_000)}`;
  const tree = alice(
    `${long}\nenvironment="A=${'b'.repeat(1_000_000)}" ${keys.leaked}\n${long} ${keys.leaked}\n${both}`,
  );

  expect(remove(tree).summary).toMatchObject({ status: '0', removed: '2' });
  expect(tree.read(ALICE)).toBe(`${long}\n${long} ${keys.leaked}\n${rest}`);
});

/** Kills the script at the step whose number stands in `left`. */
const KILLS = `read -r left <"$REMOVE_PUBLIC_KEY_TEST_ROOT/left"
[ "$left" != 1 ] || kill -9 0
echo $((left - 1)) >"$REMOVE_PUBLIC_KEY_TEST_ROOT/left"
exec "$0.real" "$@"`;

it.each(['by rename', 'in place'])(
  'loses no other key when it is killed while it writes %s, and the next run takes the key out',
  async (how) => {
    const tools = toolsWith(Object.fromEntries(['cp', 'mv', 'dd', 'cmp'].map((name) => [name, KILLS])));
    let killed = 0;
    for (let step = 1; ; step++) {
      const tree = alice(`${rest}${both}`);
      writeFileSync(join(tree.root, 'left'), `${step}\n`);
      if (how === 'in place') linkSync(join(tree.root, ALICE), join(tree.root, 'second'));
      const signal = await new Promise<string | null>((resolve) => {
        const env = { PATH: tools.path, REMOVE_PUBLIC_KEY_TEST_ROOT: tree.root, ...variables(keys.leaked, 'remove') };
        spawn('/bin/sh', [SCRIPT], { env, stdio: 'ignore', detached: true }).on('close', (_, by) => resolve(by));
      });

      const lines = tree.read(ALICE).split('\n');
      expect(lines.filter((line) => line === `${keys.other} o`).length).toBe(2);
      if (signal === null) break;
      killed += 1;
      expect(remove(tree).summary).toMatchObject({ status: '0' });
      expect(tree.read(ALICE).trimEnd().split('\n')).toEqual([`${keys.other} o`, `${keys.other} o`]);
    }
    expect(killed).toBeGreaterThanOrEqual(3);
  },
);

it('loses no key when a file with several names cannot be written', () => {
  const tree = alice(both);
  linkSync(join(tree.root, ALICE), join(tree.root, 'second'));
  const tools = toolsWith({ cat: 'case $1 in */next) exit 1 ;; esac\nexec "$0.real" "$@"' });

  expect(remove(tree, tools)).toMatchObject({ status: 1, summary: { unreadable: `${ALICE},` } });
  expect(tree.read(ALICE)).toBe(both);
});

it.each(['missing', 'true'])(
  'never says clean with the key there, nor loses another, whichever command is missing or does nothing (%s)',
  (how) => {
    for (const command of [...COMMANDS, 'awk', 'ssh-keygen']) {
      const tree = alice(both);
      tree.write('/srv/keys', both);
      tree.write('/etc/ssh/sshd_config', 'AuthorizedKeysFile /srv/keys2\n');
      tree.write('/srv/keys2', both);
      mkdirSync(join(tree.root, 'root/.ssh'));
      symlinkSync('../../srv/keys', join(tree.root, 'root/.ssh/authorized_keys'));
      const tools = makeTools(how, 'sh', 'awk', ['ssh-keygen']);
      rmSync(join(tools.path, command), { force: true });
      if (how !== 'missing') symlinkSync(`/bin/${how}`, join(tools.path, command));

      remove(tree, tools);
      const isClean = check(tree, tools).status === 0;
      const texts = [ALICE, '/srv/keys', '/srv/keys2'].map(tree.read);
      rmSync(tools.path, { recursive: true });

      expect({ command, lost: texts.some((text) => !text.endsWith(rest)) }).toEqual({ command, lost: false });
      expect({ command, clean: isClean }).toEqual({ command, clean: texts.every((text) => text === rest) && isClean });
    }
  },
);

// File systems of their own stand in a mount namespace.
const canMount = spawnSync('unshare', ['-m', 'true']).status === 0;
if (!canMount)
  console.info('Full and read-only file systems are not tried: this needs root and unshare on this machine.');

function runMounted(tree: Tree, mounts: string, mode: 'remove' | 'check', more: Record<string, string> = {}) {
  const script = `set -e; cd "$ROOT"; ${mounts}; sh "$SCRIPT" | tail -n 1; cat home/alice/.ssh/authorized_keys`;
  const { stdout } = spawnSync('unshare', ['-m', '--propagation', 'private', 'sh', '-c', script], {
    encoding: 'utf8',
    env: {
      ...process.env,
      ROOT: tree.root,
      SCRIPT: resolve(SCRIPT),
      REMOVE_PUBLIC_KEY_TEST_ROOT: tree.root,
      ...variables(keys.leaked, mode),
      ...more,
    },
  });
  const [summary = '', ...lines] = stdout.split('\n');
  return { summary, text: lines.join('\n') };
}

it.runIf(canMount).each([
  [150, 'status=0 reason= files=1 lines=0 removed=0 sessions=0 asked=152 accepted= unreadable='],
  [250, 'status=1 reason= files=1 lines=0 removed=0 sessions=0 asked=200 accepted= unreadable=AuthorizedKeysCommand,'],
])('is clean with an AuthorizedKeysCommand only where sshd answered for each user: %d users more', (count, result) => {
  const tree = alice(rest);
  const users = Array.from({ length: count }, (_, k) => `user${k}:x:${3000 + k}:0::/srv/${k}:/bin/sh\n`).join('');
  tree.write('/etc/passwd', tree.read('/etc/passwd') + users, 0o644);
  tree.write('/etc/nsswitch.conf', 'passwd: files\n', 0o644);
  tree.write('/etc/ssh/sshd_config', 'AuthorizedKeysCommand /bin/keys %u\n');
  tree.write('/bin/ssh', '#!/bin/sh\necho "Permission denied (publickey)."\n', 0o755);
  tree.write('/run/.keep', '');
  const mounts =
    'for path in etc/passwd etc/nsswitch.conf etc/ssh home root run; do mount --bind "$ROOT/$path" "/$path"; done';
  const PATH = `${join(tree.root, 'bin')}:${process.env['PATH']}`;

  const { summary } = runMounted(tree, mounts, 'check', { REMOVE_PUBLIC_KEY_TEST_ROOT: '', PATH });

  expect(summary).toBe(`nonce=nonce mode=check ${result}`);
});

it.runIf(canMount)('is not clean where a file does not fit into the folder that it works in', () => {
  const tree = alice(rest);
  tree.write('/root/.ssh/authorized_keys', `${'# comment\n'.repeat(400_000)}${both}`);

  const { summary } = runMounted(tree, 'mount -t tmpfs -o size=1m none var/run', 'check');

  expect(summary).toMatch(/ status=[12] /);
});

it.runIf(canMount)('takes the key out on a file system that is full', () => {
  const tree = alice(rest);
  tree.write('/srv/saved', both);
  const mounts =
    'mount -t tmpfs -o size=64k none home; mkdir -p home/alice/.ssh; cp srv/saved home/alice/.ssh/authorized_keys; cat /dev/zero >home/full || true';

  const { summary, text } = runMounted(tree, mounts, 'remove');

  expect(summary).toMatch(/ status=0 .* removed=1 .* unreadable=$/);
  expect(text).toBe(rest);
});

it.runIf(canMount)('names the file where the file system is read-only', () => {
  const tree = alice(both);

  const { summary, text } = runMounted(tree, 'mount --bind home home; mount -o remount,bind,ro home', 'remove');

  expect(summary).toContain(` status=1 `);
  expect(summary).toContain(` unreadable=${ALICE},`);
  expect(text).toBe(both);
});

it.runIf(canMount)('takes the key from all names of a file where there is no /proc', () => {
  const tree = alice(both);
  linkSync(join(tree.root, ALICE), join(tree.root, 'second'));

  const { summary, text } = runMounted(tree, 'mount -t tmpfs none /proc', 'remove');

  expect(summary).toContain(' status=0 ');
  expect([text, tree.read('/second')]).toEqual([rest, rest]);
});
