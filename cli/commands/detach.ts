import { randomBytes } from 'node:crypto';
import type { Job } from '../../portal/core/job.ts';
import { belongTogether, planWaves, type Restarts } from '../../portal/core/restarts.ts';
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
import { groupsOf, look, lookRequests, targetOf } from '../run/look.ts';
import { type Plan, type RunBook, runBook } from '../run/run.ts';
import { forgetOld, runStore, stateFolder } from '../run/state-folder.ts';
import { tallyOf, wholeAnswer } from '../run/summary.ts';
import type { Session } from '../session.ts';
import { plain, showTable } from '../show.ts';
import { counted, duration } from '../text.ts';
import { goOnCommand, verifyCommand } from '../words.ts';

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
  const known = book.load();
  if (known) checkSame(known.plan, asked, connection, token);
  else if (!terminal.isInteractive && !options.yes) {
    throw new WrongUse('Without a terminal it cannot be confirmed: add --yes, after a dry-run');
  }
  const begun = known ?? (await begin(asked, { token, book, connection, session }));
  if (typeof begun === 'number') return begun;
  if (known) terminal.say(`Going on with ${token}.`);
  return carryOn(begun, { book, connection, session });
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
async function begin(asked: Asked, { token, book, connection, session }: Beginning): Promise<Begun | ExitCode> {
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
  const groups = choice.kind === 'all' ? groupsOf(would, scope) : [{ target: targetOf(scope), ids: choice.ids }];
  const instances = choice.kind === 'ids' ? choice.ids.length : would.length;
  const names = [...new Set(groups.map(({ target }) => target.keyPairName))].join(',');
  const places = [...new Set(groups.map(({ target }) => target.regionId))].join(', ');
  const wideFields =
    choice.kind === 'all' && belongTogether(groups.length, rollout.restarts)
      ? { ...scope.fields, Filter: choice.filter }
      : undefined;
  const what = `${terminal.colors.bold(names)} is taken off ${counted(instances, 'instance')} in ${places}`;
  const sizes = groups.map(({ ids }) => ids.length);
  terminal.say(`${what}; ${describe(rollout, sizes, wideFields !== undefined)}`);
  if (wideFields) terminal.say('What has got the key since the dry run is taken too: one request finds them all.');
  if (!options.yes) await confirm(names, terminal);
  return book.begin({
    token,
    asked: askedText(asked, connection),
    url: connection.label,
    groups,
    wideFields,
    ...rollout,
    finishes: options.since === undefined ? undefined : Date.parse(options.since),
    extras: options.continue ? { Continue: true } : {},
    unread: looked.unread,
  });
}

type Begun = { readonly plan: Plan; readonly job: Job };

type Run = { readonly book: RunBook; readonly connection: Connection; readonly session: Session };

async function carryOn({ plan, job }: Begun, { book, connection, session }: Run): Promise<ExitCode> {
  const { terminal, words } = session;
  const goOn = `To go on where it stopped:\n  ${goOnCommand(words, plan.token)}`;
  session.onInterrupt(() => `Interrupted. ${connection.own ? STOPPED_HERE : STOPPED_THERE}\n${goOn}`);
  const startedAt = Date.now();
  let progress: ReturnType<typeof createProgress> | undefined;
  const executed = await execute(job, plan, book, {
    ask: (fields) => ask(fields, connection, terminal),
    onProgress: (next) => {
      const { total, left, failed } = tallyOf(next);
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
  { job, halt }: Executed,
  { plan, book, goOn, startedAt, undone, session: { terminal, words } }: Reporting,
): ExitCode {
  const { total, detached, continued, failed, left, notQueued } = tallyOf(job);
  showTable([...failed, ...notQueued], terminal);
  if (halt) terminal.say(plain(refusalText(halt.reply)));
  const also = [
    ...(continued > 0 ? [`${continued} handed to another run of the function`] : []),
    ...(left > 0 ? [`${left} not done`] : []),
    ...(notQueued.length > 0 ? [`${notQueued.length} not queued for their restart or removal`] : []),
    ...(undone.length > 0 ? [`${undone.length} waves failed`] : []),
  ];
  terminal.say(
    [
      `${total} asked, ${detached} detached, ${failed.length} failed`,
      ...also,
      `in ${duration((Date.now() - startedAt) / 1_000)}`,
    ].join(', '),
  );
  // What is refused as it is will be refused again.
  const isFinal = halt?.reply.kind === 'refusal' && halt.reply.status === 400 && left === total;
  if (left > 0 && !isFinal) terminal.say(goOn);
  else if (detached > 0) terminal.say(`Its proof, once they have restarted:\n  ${verifyCommand(words, plan.token)}`);
  if (terminal.wantsJson)
    terminal.answer(
      halt && detached === 0
        ? (halt.body ?? silenceBody(halt.reply))
        : { ...wholeAnswer(job, plan, book), ...failedTasks(undone) },
    );
  if (halt && detached === 0) return EXIT.refused;
  return failed.length + left + notQueued.length + plan.unread.length + undone.length > 0 ? EXIT.someFailed : EXIT.done;
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

/** `sizes`: how many instances there are in each place. */
function describe({ restarts }: Rollout, sizes: readonly number[], isOneRequest: boolean): string {
  const { online, notBefore } = restarts;
  const parts = [
    ...(online ? ['the key is taken out of the running ones by Cloud Assistant'] : []),
    restartsText(restarts, sizes, isOneRequest),
    ...(notBefore === undefined ? [] : [`not before ${new Date(notBefore).toISOString()}`]),
  ];
  return `${parts.join(', ')}.`;
}

function restartsText(restarts: Restarts, sizes: readonly number[], isOneRequest: boolean): string {
  if (restarts.kind !== 'waves') return 'without a restart: until each has restarted, the key still works';
  const waves = planWaves(sizes, restarts, isOneRequest);
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
