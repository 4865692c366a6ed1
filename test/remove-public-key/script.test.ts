import { describe, expect, it, onTestFinished } from 'vitest';
import { CASES } from './cases.ts';
import { makeKeys } from './keys.ts';
import { has, makeTools, makeTree, runScript, type Tree } from './tree.ts';

const keys = makeKeys();
const missing = ['dash', 'bash', 'busybox', 'mawk', 'gawk', 'ssh-keygen'].filter((command) => !has(command));
if (missing.length > 0) console.info(`The script is tested without ${missing.join(', ')}: not on this machine.`);

const toolsets = [
  ['dash', 'mawk'],
  ['bash', 'gawk'],
  ['busybox', 'busybox'],
].flatMap(([shell = '', awk = '']) => {
  if (!has(shell) || !has(awk)) return [];
  const without = makeTools(`${shell} and ${awk}`, shell, awk, []);
  return has('ssh-keygen')
    ? [without, makeTools(`${shell}, ${awk} and ssh-keygen`, shell, awk, ['ssh-keygen'])]
    : [without];
});

const pathOf = (position: number) => `/home/case${position}/.ssh/authorized_keys`;

/** One machine with a user for each case. */
function machineOfCases(): Tree {
  const tree = makeTree(CASES.map((_, k) => ({ name: `case${k}`, home: `/home/case${k}` })));
  CASES.forEach((each, k) => {
    tree.write(pathOf(k), each.before(keys));
  });
  onTestFinished(() => tree.remove());
  return tree;
}

describe.each(toolsets)('the script with $name', (tools) => {
  const withSshKeygen = tools.name.endsWith('ssh-keygen');

  it('takes out the lines of the key and nothing else in every case, and finds none afterwards', () => {
    const tree = machineOfCases();
    const contents = () => CASES.map(({ name }, k) => [name, tree.read(pathOf(k))]);
    const isRemoved = ({ needsSshKeygen }: (typeof CASES)[number]) => withSshKeygen || !needsSshKeygen;

    const before = runScript(tree, tools, { mode: 'check', key: keys.leaked });
    expect(contents()).toEqual(CASES.map((each) => [each.name, each.before(keys)]));
    const removal = runScript(tree, tools, { mode: 'remove', key: keys.leaked });
    expect(contents()).toEqual(CASES.map((each) => [each.name, (isRemoved(each) ? each.after : each.before)(keys)]));
    const after = runScript(tree, tools, { mode: 'check', key: keys.leaked });

    const files = String(CASES.length);
    const found = String(before.summary['lines']);
    expect(before).toMatchObject({ status: 1, summary: { nonce: 'nonce', mode: 'check', files, removed: '0' } });
    expect(removal).toMatchObject({ status: 0, summary: { mode: 'remove', files, lines: '0', removed: found } });
    expect(after).toMatchObject({ status: 0, summary: { files, lines: '0', unreadable: '', reason: '' } });
  });
});
