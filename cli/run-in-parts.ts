import { createJob, type Job, nextPart, takenUp, withMore } from '../portal/core/job.ts';
import { type Received, type Reply, readReply } from '../portal/core/reply.ts';
import { LIMITS, type Restarts } from '../portal/core/restarts.ts';
import { rowsOf, toRetry } from '../portal/core/rows.ts';
import { type Halt, runJob } from '../portal/core/run-job.ts';
import { recordOf } from '../shared/record.ts';
import { progressOf } from './progress.ts';
import { listOf } from './report.ts';
import { type RequestOptions, rebootOf } from './request.ts';
import { conclude, type Run } from './run.ts';
import type { Saved } from './state.ts';
import { RefusedError } from './terminal.ts';
import { parsedRecord } from './transport/parsed.ts';

/** Requests of 500 instances, one after the other, each under a token of its own: the portal's run. */
export async function runInParts(run: Run): Promise<number> {
  const { carrier, terminal, saved, state, token, tasks } = run;
  let job = saved?.job ? againOf(saved.job) : newJob(run);
  let sections: Saved['sections'] = saved?.sections ?? {};
  const save = () => state.save({ version: 1, job, sections, tasks: tasks() });
  run.onKeepTasks(save);
  save();

  const total = rowsOf(job).length;
  const progress = progressOf(total, 'Detached', terminal);
  const ask = async (fields: object): Promise<Reply> => {
    const received = await carrier
      .send(withChange(fields, run))
      .catch((error: unknown) => String(Object(error).message));
    if (typeof received === 'string') return { kind: 'silence', url: '', message: received };
    sections = withTasks(sections, received);
    return readReply(received);
  };
  const keep = (next: Job) => {
    job = next;
    save();
    progress.update(rowsOf(job).filter(({ state: of }) => of === 'detached' || of === 'failed').length);
  };
  const halt = await runJob(job, { ask, keep, isStopped: () => false });
  progress.stop();
  return conclude(answerOf(job, sections, run), tellHalt(halt, job, token), run);
}

function newJob({ where, choice, options, token }: Run): Job {
  const target = {
    regionId: String(where.RegionId),
    keyPairName: where.KeyPairName ?? '',
    roleArn: typeof where.RoleArn === 'string' ? where.RoleArn : '',
  };
  const ids = 'InstanceIds' in choice ? choice.InstanceIds : [];
  const job = createJob({ id: token, url: '', target, restarts: restartsOf(options), ids });
  return { ...job, wavesFrom: Date.now() + (options.delay ?? 0) * 1_000 };
}

/** What an interrupted run left goes on under the tokens it had; what has failed gets another try. */
function againOf(job: Job): Job {
  const going = takenUp(job);
  const failed = toRetry(rowsOf(going));
  return nextPart(going) < 0 && failed.length > 0 ? withMore(going, failed) : going;
}

function restartsOf(options: RequestOptions): Restarts {
  if (!rebootOf(options) || options.online) return { kind: 'off' };
  const { batchSize = LIMITS.batchSize.usual, interval = LIMITS.intervalSeconds.usual, force = false } = options;
  return { kind: 'waves', force, batchSize, intervalSeconds: interval };
}

/** The portal's request knows where, which and the waves; the command's other options come on top. */
function withChange(fields: object, { where, change }: Run): object {
  const { Reboot: planned } = recordOf(fields);
  const { Reboot: asked } = recordOf(change);
  const { DelaySeconds: _, ...more } = recordOf(asked);
  const Reboot = asked === undefined ? undefined : { ...more, ...recordOf(planned) };
  return { ...where, ...fields, ...change, ...(Reboot && { Reboot }) };
}

function withTasks(sections: Saved['sections'], { status, text }: Received): Saved['sections'] {
  const body = status === 200 ? parsedRecord(text) : {};
  const added = ['Reboot', 'Online'].flatMap((name) => {
    const section = body[name];
    if (section === undefined) return [];
    return [[name, [...(sections[name] ?? []), ...listOf(recordOf(section)['Tasks'])]] as const];
  });
  return { ...sections, ...Object.fromEntries(added) };
}

/** Whether all parts have an answer; says why not, and throws where nothing was done at all. */
function tellHalt(halt: Halt, job: Job, token: string): boolean {
  if (halt.kind !== 'waits') return true;
  const why = halt.for.kind === 'silence' ? `no answer: ${halt.for.message}` : `${halt.for.code}: ${halt.for.message}`;
  const isUntouched = job.parts.every(({ done }) => !done?.outcomes.some(({ ok }) => ok));
  if (isUntouched) throw new RefusedError(`${why}. To try again: the same command with --token ${token}`);
  return false;
}

/** The parts' answers as one, in the shape of ECS. */
function answerOf(job: Job, sections: Saved['sections'], { where }: Run) {
  const Result = rowsOf(job).map(({ id, state, code, message }) => ({
    Code: code,
    Message: message,
    InstanceId: id,
    Success: state === 'detached' ? 'true' : 'false',
  }));
  const failed = Result.filter(({ Success }) => Success === 'false').length;
  return {
    KeyPairName: where.KeyPairName,
    TotalCount: String(Result.length),
    FailCount: String(failed),
    Results: { Result },
    ...Object.fromEntries(Object.entries(sections).map(([name, tasks]) => [name, sectionOf(tasks)])),
  };
}

function sectionOf(tasks: readonly object[]) {
  const idsOf = (task: object) => listOf(recordOf(task)['InstanceIds']);
  const count = (some: readonly object[]) => String(some.reduce((sum, task) => sum + idsOf(task).length, 0));
  const failed = tasks.filter((task) => recordOf(task)['Status'] === 'Failed');
  return { TotalCount: count(tasks), FailCount: count(failed), Tasks: tasks };
}
