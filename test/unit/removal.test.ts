import { describe, expect, it } from 'vitest';
import { judge } from '../../functions/remove-public-key/judge.ts';
import { publicKeyErrorOf } from '../../shared/public-key.ts';
import { isClean, type RemovalReport, readRemovalReport, removalCommandName } from '../../shared/removal-report.ts';

const LINE =
  'nonce=ab12 mode=check status=1 reason= files=3 lines=2 removed=0 sessions=0 asked=4 accepted=root,alice, unreadable=/a,/b,';

const REPORT: RemovalReport = {
  nonce: 'ab12',
  mode: 'check',
  status: 0,
  reason: '',
  files: 3,
  lines: 0,
  removed: 0,
  sessions: '0',
  accepted: [],
  unreadable: [],
};

describe('the result of the script', () => {
  it('is the last line of its output', () => {
    expect(readRemovalReport(`some noise\n\n${LINE}\n`)).toEqual({
      ...REPORT,
      status: 1,
      lines: 2,
      accepted: ['root', 'alice'],
      unreadable: ['/a', '/b'],
    });
  });

  it.each([
    ['nothing', ''],
    ['a line that is cut off at its end', LINE],
    ['a line that is cut off at its beginning', `${LINE.slice(5)}\n`],
    ['a line that is not the last', `${LINE}\nmore\n`],
    ['another status', `${LINE.replace('status=1', 'status=7')}\n`],
    ['a number that is none', `${LINE.replace('lines=2', 'lines=many')}\n`],
  ])('is not read from %s', (_, output) => {
    expect(readRemovalReport(output)).toBeUndefined();
  });

  it('is clean when a run that only read found nothing at all', () => {
    expect(isClean(REPORT)).toBe(true);
    const others: Partial<RemovalReport>[] = [
      { mode: 'remove' },
      { status: 1 },
      { status: 2 },
      { lines: 1 },
      { accepted: ['root'] },
      { unreadable: ['/a'] },
    ];
    for (const other of others) expect([other, isClean({ ...REPORT, ...other })]).toEqual([other, false]);
  });
});

describe('two runs on an instance', () => {
  it.each<[string, Partial<RemovalReport>, Partial<RemovalReport>, string, string]>([
    ['removed and clean', { removed: 2 }, {}, 'Removed', '200'],
    ['nothing there', {}, {}, 'Clean', '200'],
    ['sessions not known', { removed: 1, sessions: 'unknown' }, {}, 'Removed', '200'],
    ['lines left', { removed: 1 }, { status: 1, lines: 1 }, 'Failed', 'KeyRemains'],
    ['sshd accepts it', {}, { status: 1, accepted: ['root'] }, 'Failed', 'KeyRemains'],
    ['a status without a reason', {}, { status: 1 }, 'Failed', 'KeyRemains'],
    ['unreadable', {}, { status: 1, unreadable: ['/a'] }, 'Failed', 'Unreadable'],
    ['unreadable, and seen', {}, { status: 1, lines: 1, unreadable: ['/a'] }, 'Failed', 'Unreadable'],
    ['not writable, and seen', { status: 1, unreadable: ['/a'] }, { status: 1, lines: 1 }, 'Failed', 'Unreadable'],
    ['not writable, and gone since', { status: 1, unreadable: ['/a'] }, {}, 'Clean', '200'],
    ['the first cannot work', { status: 2, reason: 'no-users' }, {}, 'Failed', 'Unreadable'],
    ['the second cannot work', {}, { status: 2, reason: 'self-check' }, 'Failed', 'Unreadable'],
  ])('%s', (_, removal, check, action, code) => {
    const outcome = judge(
      'i-a',
      { ...REPORT, mode: 'remove', ...removal },
      { report: { ...REPORT, ...check }, invokeId: 't-1', checkedAt: 0 },
    );
    expect(outcome).toMatchObject({ action, code, evidence: { InvokeId: 't-1', Files: '3' } });
  });
});

it('names a command after the run and the key', () => {
  const key = { type: 'ssh-rsa', blob: 'AAAA' };
  expect(removalCommandName('check', key)).toMatch(/^remove-public-key-check-[0-9a-f]{32}$/);
  expect(removalCommandName('check', { ...key, blob: 'AAAB' })).not.toBe(removalCommandName('check', key));
});

it('does not take a mistake of ours for a bad key', () => {
  expect(() => publicKeyErrorOf(new TypeError('ours'))).toThrow(TypeError);
});
