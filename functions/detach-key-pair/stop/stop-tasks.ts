import pLimit from 'p-limit';
import type { QueueOf, Services } from '../../../shared/alibaba/connect.ts';
import type { TaskQueue } from '../../../shared/fc/task-queue.ts';
import type { UnknownRecord } from '../../../shared/record.ts';
import type { Answer } from '../answer/answer.ts';
import type { StopAnswerBody } from '../answer/schema.ts';
import type { Caller } from '../caller.ts';
import type { Invocation } from '../invocation.ts';
import { parseStop } from './parse-stop.ts';
import { type Stopped, stopTask } from './stop-task.ts';

const CONCURRENCY = 16;
const CALL_MS = 5_000;
const ATTEMPTS = 3;

/** Takes the tasks that the fields name out of the queue → one status for each, in their order; logged. */
export async function stopTasks(fields: UnknownRecord, caller: Caller, invocation: Invocation): Promise<Answer> {
  const taskIds = parseStop(fields);
  const { context, deadline, log, services } = invocation;
  const startedAt = Date.now();
  const what = { caller, mode: 'stop', tasks: taskIds.length };
  log.info('request', what);
  const queueFor = queuesOf(services);
  const options = { deadline, timeoutMs: CALL_MS, attempts: ATTEMPTS };
  const stopped = await pLimit(CONCURRENCY).map(taskIds, async (id) => stopTask(id, await queueFor(id), options));
  const body = bodyOf(stopped, context.requestId);
  log.info('response', { ...what, status: 200, failed: Number(body.FailCount), durationMs: Date.now() - startedAt });
  return { status: 200, body, unfinished: stopped.some(({ retryable }) => retryable) };
}

/** What an id begins with says whose task it is. */
function queuesOf(services: Services): (taskId: string) => Promise<TaskQueue> {
  const queues = new Map<QueueOf, Promise<TaskQueue>>();
  return (taskId) => {
    const of = taskId.startsWith('reboot-') ? 'reboots' : taskId.startsWith('remove-') ? 'removals' : 'itself';
    const queue = queues.get(of) ?? services.queue(of);
    queues.set(of, queue);
    return queue;
  };
}

function bodyOf(stopped: readonly Stopped[], requestId: string): StopAnswerBody {
  return {
    RequestId: requestId,
    TotalCount: String(stopped.length),
    FailCount: String(stopped.filter(({ status }) => status !== 'Stopped').length),
    Tasks: stopped.map(({ taskId, status, why }) => ({
      TaskId: taskId,
      Status: status,
      ...(why && { Code: why.code, Message: why.message }),
    })),
  };
}
