import Table from 'cli-table3';
import { partRequest } from '../../portal/core/job.ts';
import { chunks } from '../../shared/chunks.ts';
import { STOP_BATCH } from '../../shared/messages/fields.ts';
import { recordOf, type UnknownRecord } from '../../shared/record.ts';
import { ask } from '../call/ask.ts';
import { connect } from '../call/connect.ts';
import { EXIT, type ExitCode, WrongUse } from '../failure.ts';
import type { StopOptions } from '../options.ts';
import { readTaskIds, taskIdsIn } from '../request/task-ids.ts';
import { runBook } from '../run/run.ts';
import { runStore, stateFolder } from '../run/state-folder.ts';
import type { Session } from '../session.ts';
import { plain } from '../show.ts';
import { counted } from '../text.ts';
import { failedWhole } from './detach.ts';

/** Takes restarts, removals and completions that wait out of the queue. What runs already is left alone. */
export async function stop(options: StopOptions, session: Session): Promise<ExitCode> {
  const { terminal, variables } = session;
  const { tasks: given, token } = options;
  if ((given === undefined) === (token === undefined))
    throw new WrongUse('Say which tasks: either --tasks ID,ID (or @FILE, or - for stdin) or --token of their run');
  if (options.direct && token === undefined)
    throw new WrongUse('--direct goes with --token: the restarts of such a run are kept under it on this machine');
  const store = token === undefined ? undefined : runStore(stateFolder(variables), token);
  const ids = store && token !== undefined ? kept(runBook(store), token) : readTaskIds(given ?? '');
  const connection = connect(options, session, store);
  session.onInterrupt(() => 'Interrupted. Some may be stopped: the same command again says which.');
  const tasks: UnknownRecord[] = [];
  for (const some of chunks(ids, STOP_BATCH)) {
    const { reply, body } = await ask({ StopTasks: some }, connection, terminal);
    if (reply.kind !== 'answer') {
      if (tasks.length > 0) report(tasks, session);
      return failedWhole({ reply, body }, session);
    }
    tasks.push(...tasksOf(body ?? {}));
  }
  const left = report(tasks, session);
  if (terminal.wantsJson) terminal.answer({ TotalCount: String(tasks.length), FailCount: String(left), Tasks: tasks });
  return left > 0 ? EXIT.someFailed : EXIT.done;
}

/** The tasks that the answers of a run have named. */
function kept(book: ReturnType<typeof runBook>, token: string): readonly string[] {
  const known = book.load();
  if (!known) throw new WrongUse(`Nothing is kept of a run ${token} on this machine: give --tasks`);
  const answers = known.job.parts.map((_, k) => book.answer(partRequest(known.job, k).ClientToken));
  const ids = [...new Set(answers.flatMap(taskIdsIn))];
  if (ids.length === 0) throw new WrongUse(`The run ${token} has queued nothing: there is nothing to stop`);
  return ids;
}

function tasksOf({ Tasks }: UnknownRecord): UnknownRecord[] {
  return Array.isArray(Tasks) ? Tasks.map(recordOf) : [];
}

/** How many were not stopped. */
function report(tasks: readonly UnknownRecord[], { terminal: { say } }: Session): number {
  const left = tasks.filter(({ Status }) => Status !== 'Stopped');
  if (left.length > 0) {
    const table = new Table({ head: ['Task', 'Status', 'Why'], style: { head: [], border: [] } });
    for (const { TaskId, Status, Code, Message } of left)
      table.push([String(TaskId), String(Status), plain([Code, Message].filter(Boolean).join(': '))]);
    say(table.toString());
  }
  say(`${counted(tasks.length, 'task')}: ${tasks.length - left.length} stopped, ${left.length} not`);
  if (tasks.length > left.length)
    say('What was stopped keeps its state, and the key still works there: detach --since finishes it.');
  return left.length;
}
