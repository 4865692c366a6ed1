import type { Applied } from './apply.ts';
import type { Failure } from './failure.ts';
import type { Change, LeftAlone, Plan } from './plan.ts';

/** The difference, for people. */
export function planLines({ changes, leftAlone }: Plan): string[] {
  return [...changes.flatMap(changeLines), ...leftAlone.flatMap(leftAloneLines)];
}

/** `create role fc-detach-key-pair` */
function titleOf(change: Change): string {
  return change.kind === 'attach policy'
    ? `attach policy ${change.name} to role ${change.role}`
    : `${change.kind} ${change.name}`;
}

function changeLines(change: Change): string[] {
  return [`${titleOf(change)}: ${change.reason}`, ...change.difference.map((line) => `    ${line}`)];
}

function leftAloneLines({ what, why, difference, cures }: LeftAlone): string[] {
  return [
    `! ${what}: ${why}`,
    ...difference.map((line) => `    ${line}`),
    ...cures.flatMap((cure) => cure.split('\n').map((line, n) => (n === 0 ? `  ${line}` : `    ${line}`))),
  ];
}

export function appliedLine(applied: Applied): string {
  const title = titleOf(applied.change);
  switch (applied.result) {
    case 'Done':
      return `done: ${title}`;
    case 'Failed':
      return `FAILED: ${title}: ${failureText(applied.failure)}`;
    case 'Skipped':
      return `skipped: ${title}: it needs "${applied.because}"`;
  }
}

export function failureText({ code, message, right, isForbidden, maybeDone }: Failure): string {
  return [
    `${code}: ${message}`,
    ...(isForbidden ? [`Missing right: ${right}. docs/policies/setup.json has all that setup needs.`] : []),
    ...(right.startsWith('mns:') ? [ACTIVATION] : []),
    ...(maybeDone ? ['It may have been done all the same: run setup again, which looks first.'] : []),
  ].join(' ');
}

// A new account has to switch the service on; which error it gives before that is not documented.
const ACTIVATION =
  'If this account has never used Simple Message Queue, activate it first: https://mns.console.aliyun.com';
