import { randomBytes } from 'node:crypto';
import type { Job } from '../../portal/core/job.ts';
import { counted, duration } from '../../portal/core/pace.ts';
import { planWaves, type Restarts } from '../../portal/core/restarts.ts';
import { ask, refusalText } from '../call/ask.ts';
import { connect } from '../call/connect.ts';
import type { Connection } from '../call/connection.ts';
import { confirm } from '../confirm.ts';
import { doOwnTasks, type Undone } from '../direct/do-own-tasks.ts';
import { EXIT, type ExitCode, Refused, WrongUse } from '../failure.ts';
import type { DetachOptions } from '../options.ts';
import { createProgress } from '../progress.ts';
import { type Rollout, readRollout, readTime } from '../request/restarts.ts';
import { type Choice, readChoice, readScope, type Scope } from '../request/scope.ts';
import { type Executed, execute } from '../run/execute.ts';
import { groupsOf, look, lookRequests } from '../run/look.ts';
import { type Group, type Plan, type RunBook, runBook } from '../run/run.ts';
import { forgetOld, runStore, stateFolder } from '../run/state-folder.ts';
import { placedRows, tallyOf, wholeAnswer } from '../run/summary.ts';
import type { Session } from '../session.ts';
import { plain, showTable } from '../show.ts';
import { goOnCommand } from '../words.ts';

type Asked = {
  readonly scope: Scope;
  readonly choice: Choice;
  readonly rollout: Rollout;
  readonly options: DetachOptions;
};

/** Dry run → summary → confirmation → the run → what failed, and how to go on. */
export async function detach(options: DetachOptions, session: Session): Promise<ExitCode> {
  const { terminal, variables } = session;
  const asked = readAsked(options);
  const token = options.token ?? `cli-${randomBytes(9).toString('hex')}`;
  const state = stateFolder(variables);
  forgetOld(state);
  const store = runStore(state, token);
  const book = runBook(store);
  const connection = connect(options, session, store);
  const known = book.plan();
  if (known) checkSame(known, asked, connection, token);
  else if (!terminal.isInteractive && !options.yes) {
    throw new WrongUse('Without a terminal there is nobody to confirm: add --yes, after a dry-run');
  }
  const begun = known ?? (await begin(asked, { token, book, connection, session }));
  if (typeof begun === 'number') return begun;
  if (known) terminal.say(`Going on with ${token}.`);
  return carryOn(begun, book, connection, session);
}

function readAsked(options: DetachOptions): Asked {
  const { since, token } = options;
  const scope = readScope(options);
  const rollout = readRollout(options);
  if (token !== undefined && !/^[\x21-\x7e]{1,48}$/.test(token))
    throw new WrongUse('--token takes 1 to 48 printable ASCII characters without spaces');
  if (since !== undefined) {
    readTime(since, '--since');
    if (options.all)
      throw new WrongUse('--since goes with --instances: what has lost the key pair is not found by --all');
  }
  return { scope, rollout, options, choice: readChoice(options) };
}

type Beginning = {
  readonly token: string;
  readonly book: RunBook;
  readonly connection: Connection;
  readonly session: Session;
};

/** The plan, kept; or the exit code where nothing is to be done. */
async function begin(asked: Asked, { token, book, connection, session }: Beginning): Promise<Plan | ExitCode> {
  const { terminal } = session;
  const { scope, choice, rollout, options } = asked;
  terminal.say(`Dry run through ${connection.label} …`);
  const looked = await look(lookRequests(scope, choice, { DryRun: true }), (fields) =>
    ask(fields, connection, terminal),
  );
  if (looked.kind === 'too many')
    throw new Refused('There are more instances than one answer lists: narrow them by --tag or --region');
  if (looked.kind === 'failed') return failedWhole(looked, session);
  const would = looked.found.filter(({ ok }) => ok);
  const wouldNot = looked.found.filter(({ ok }) => !ok);
  terminal.say(`${counted(would.length, 'instance')} would be detached, ${wouldNot.length} would not.`);
  showTable(wouldNot, terminal);
  for (const place of looked.unread)
    terminal.say(
      `Not read: ${plain(String(place['RegionId']))}: ${plain(String(place['Code']))} ${plain(String(place['Message']))}`,
    );
  // An earlier run under this token, or since that time, may have done what the dry run no longer sees.
  const isFollowUp = options.since !== undefined || options.token !== undefined;
  if (would.length === 0 && !(isFollowUp && choice.kind === 'ids')) {
    terminal.say('There is nothing to detach.');
    if (terminal.wantsJson) terminal.answer(looked.body);
    return wouldNot.length + looked.unread.length > 0 ? EXIT.someFailed : EXIT.done;
  }
  const groups: Group[] =
    choice.kind === 'ids'
      ? groupsOf(looked.found, scope)
          .map(({ target }) => ({ target, ids: choice.ids }))
          .slice(0, 1)
      : groupsOf(would, scope);
  const instances = choice.kind === 'ids' ? choice.ids.length : would.length;
  const names = [...new Set(groups.map(({ target }) => target.keyPairName))].join(',');
  const places = [...new Set(groups.map(({ target }) => target.regionId))].join(', ');
  terminal.say(
    `${terminal.colors.bold(names)} is taken off ${counted(instances, 'instance')} in ${places}; ${describe(rollout, instances)}`,
  );
  if (!options.yes) await confirm(names, terminal);
  const extras = {
    ...(options.continue && { Continue: true }),
    ...(options.since !== undefined && { DetachedSince: options.since }),
  };
  return book.begin(
    { token, asked: askedText(asked, connection), rollout, extras, unread: looked.unread },
    groups,
    connection.label,
  );
}

async function carryOn(plan: Plan, book: RunBook, connection: Connection, session: Session): Promise<ExitCode> {
  const { terminal, words } = session;
  const goOn = `To go on where it stopped:\n  ${goOnCommand(words, plan.token)}`;
  session.onInterrupt(() => `Interrupted. ${connection.own ? STOPPED_HERE : STOPPED_THERE}\n${goOn}`);
  const startedAt = Date.now();
  let progress: ReturnType<typeof createProgress> | undefined;
  const executed = await execute(plan, book, {
    ask: (fields) => ask(fields, connection, terminal),
    onProgress: (jobs) => {
      const { total, left, failed } = tallyOf(placedRows(jobs));
      progress ??= createProgress(total, terminal);
      progress.show(total - left, failed.length);
    },
  });
  progress?.end();
  const undone = connection.own ? await doOwnTasks(connection.own, plan.token, terminal) : [];
  return report(executed, { plan, book, goOn, startedAt, session, undone });
}

const STOPPED_THERE = 'Nothing is lost: what was sent is done by the function.';
const STOPPED_HERE =
  'Nothing more happens until it is gone on with: what was not restarted stays as it is, and its key still works.';

type Reporting = {
  readonly plan: Plan;
  readonly book: RunBook;
  readonly goOn: string;
  readonly startedAt: number;
  readonly session: Session;
  readonly undone: readonly Undone[];
};

function report(
  { jobs, halt }: Executed,
  { plan, book, goOn, startedAt, undone, session: { terminal } }: Reporting,
): ExitCode {
  const { total, detached, continued, failed, left, notRestarting } = tallyOf(placedRows(jobs));
  showTable([...failed, ...notRestarting.map((row) => ({ ...row, ...row.restart }))], terminal);
  if (halt) terminal.say(plain(refusalText(halt.reply)));
  const also = [
    ...(continued > 0 ? [`${continued} handed to another run of the function`] : []),
    ...(left > 0 ? [`${left} not done`] : []),
    ...(notRestarting.length > 0 ? [`${notRestarting.length} not queued for their restart`] : []),
    ...(undone.length > 0 ? [`${undone.length} waves failed`] : []),
  ];
  terminal.say(
    [
      `${total} asked, ${detached} detached, ${failed.length} failed`,
      ...also,
      `in ${duration((Date.now() - startedAt) / 1_000)}`,
    ].join(', '),
  );
  if (left > 0) terminal.say(goOn);
  else if (detached > 0) terminal.say(`Its proof, once they have restarted:\n  ${verifyCommand(jobs, plan.token)}`);
  if (terminal.wantsJson)
    terminal.answer(
      halt && detached === 0
        ? (halt.body ?? silenceBody(halt.reply))
        : { ...wholeAnswer(plan, book, jobs), ...failedTasks(undone) },
    );
  if (halt && detached === 0) return EXIT.refused;
  return failed.length + left + notRestarting.length + plan.unread.length + undone.length > 0
    ? EXIT.someFailed
    : EXIT.done;
}

function failedTasks(undone: readonly Undone[]): object {
  if (undone.length === 0) return {};
  return {
    FailedTasks: undone.map(({ taskId, instanceIds, message }) => ({
      TaskId: taskId,
      InstanceIds: instanceIds,
      Message: message,
    })),
  };
}

function verifyCommand(jobs: readonly Job[], token: string): string {
  const target = jobs[0]?.target;
  return `fc-detach-key-pair verify --token ${token} --region ${target?.regionId} --key-pair ${target?.keyPairName}`;
}

export function failedWhole(
  { reply, body }: { reply: Parameters<typeof refusalText>[0]; body: object | undefined },
  { terminal }: Session,
): ExitCode {
  terminal.say(plain(refusalText(reply)));
  if (terminal.wantsJson) terminal.answer(body ?? silenceBody(reply));
  return EXIT.refused;
}

function silenceBody(reply: Parameters<typeof refusalText>[0]): object {
  return { Code: 'NoAnswer', Message: refusalText(reply) };
}

function describe({ restarts, notBefore, online }: Rollout, instances: number): string {
  const parts = [
    ...(online ? ['the key is taken out of the running ones by Cloud Assistant'] : []),
    restartsText(restarts, instances),
  ];
  return `${parts.join(', ')}${notBefore === undefined ? '' : `, not before ${notBefore}`}.`;
}

function restartsText(restarts: Restarts, instances: number): string {
  if (restarts.kind !== 'waves') return 'without a restart: until each has restarted, the key still works';
  const waves = planWaves(instances, restarts);
  const how = restarts.force ? 'powered off and on' : 'restarted';
  const last = waves.at(-1)?.startsAt ?? 0;
  return waves.length === 1
    ? `they are ${how} together`
    : `they are ${how} in ${waves.length} waves of ${restarts.batchSize}, the last ${duration(last)} after the first`;
}

function askedText({ scope, choice, rollout, options }: Asked, { label }: Connection): string {
  const { continue: continues, since } = options;
  return JSON.stringify({ label, scope: scope.fields, choice, rollout, continues, since });
}

function checkSame({ asked: before }: Plan, asked: Asked, connection: Connection, token: string): void {
  if (before === askedText(asked, connection)) return;
  throw new WrongUse(`The token ${token} belongs to another command: go on with that one, or leave --token out`);
}
