import { describe, expect, it } from 'vitest';
import { stopTask } from '../../functions/detach-key-pair/stop/stop-task.ts';
import { CallError } from '../../shared/ecs/call-error.ts';
import { deadlineAt } from '../../shared/fc/deadline.ts';
import { TASK_STATES, type TaskQueue, type TaskState, type TaskStatus } from '../../shared/fc/task-queue.ts';

const ID = `reboot-${'0'.repeat(64)}`;
const options = () => ({ deadline: deadlineAt(Date.now() + 60_000), timeoutMs: 1_000, attempts: 2 });

/** A queue with these tasks; `stop` is what StopAsyncTask does. */
function queueOf(states: Map<string, TaskState>, stop: (id: string) => void): TaskQueue {
  return {
    submit: async () => 'accepted',
    status: async (id): Promise<TaskStatus> => {
      const state = states.get(id);
      return state ? { state, queuedAt: 1, startedAt: 1, endedAt: undefined, payload: '{}' } : 'NotFound';
    },
    stop: async (id) => {
      stop(id);
      return true;
    },
  };
}

describe('a task that is to be taken out of the queue', () => {
  it.each(TASK_STATES.map((state) => [state] as const))('is told as it is when it is %s', async (state) => {
    const states = new Map<string, TaskState>([[ID, state]]);
    const queue = queueOf(states, (id) => states.set(id, 'Stopped'));
    const expected: Partial<Record<TaskState, string>> = {
      Enqueued: 'Stopped',
      Retrying: 'Stopped',
      Stopped: 'Stopped',
      Dequeued: 'Running',
      Running: 'Running',
      Stopping: 'Running',
    };
    const { status, retryable } = await stopTask(ID, queue, options());
    expect([status, retryable]).toEqual([expected[state] ?? 'Finished', false]);
  });

  it('is the one that goes on under a later id', async () => {
    const states = new Map<string, TaskState>([
      [ID, 'Succeeded'],
      [`${ID}-1`, 'Succeeded'],
      [`${ID}-2`, 'Enqueued'],
    ]);
    const stopped: string[] = [];
    const queue = queueOf(states, (id) => {
      stopped.push(id);
      states.set(id, 'Stopped');
    });
    expect(await stopTask(ID, queue, options())).toMatchObject({ taskId: ID, status: 'Stopped' });
    expect(stopped).toEqual([`${ID}-2`]);
  });

  it('has begun in between when its record says so', async () => {
    const states = new Map<string, TaskState>([[ID, 'Enqueued']]);
    const queue = queueOf(states, (id) => states.set(id, 'Running'));
    expect(await stopTask(ID, queue, options())).toMatchObject({ status: 'Running' });
  });

  it('is unknown when Function Compute has none of this id', async () => {
    const answer = await stopTask(
      ID,
      queueOf(new Map(), () => {}),
      options(),
    );
    expect(answer).toMatchObject({ status: 'Unknown', why: { code: 'AsyncTaskNotFound' }, retryable: false });
  });

  it('is unknown where FC 2.0 tells nothing', async () => {
    const queue: TaskQueue = { ...queueOf(new Map(), () => {}), status: async () => 'Untold' };
    expect(await stopTask(ID, queue, options())).toMatchObject({ why: { code: 'UnsupportedOperation' } });
  });

  it('is unknown when the call was taken and the task still waits', async () => {
    const answer = await stopTask(
      ID,
      queueOf(new Map([[ID, 'Enqueued']]), () => {}),
      options(),
    );
    expect(answer).toMatchObject({ status: 'Unknown', why: { code: 'OutcomeUnknown' } });
  });

  it.each([
    [403, 'AccessDenied', false],
    [500, 'InternalServerError', true],
  ] as const)('is unknown when FC answers %s: %s', async (code, name, retryable) => {
    const queue = queueOf(new Map([[ID, 'Enqueued']]), () => {
      throw CallError.answered(code, name, 'no');
    });
    expect(await stopTask(ID, queue, options())).toMatchObject({ status: 'Unknown', why: { code: name }, retryable });
  });

  it('is unknown when its record cannot be read', async () => {
    const queue: TaskQueue = {
      ...queueOf(new Map(), () => {}),
      status: () => Promise.reject(CallError.answered(403, 'AccessDenied', 'no')),
    };
    expect(await stopTask(ID, queue, options())).toMatchObject({ status: 'Unknown', why: { code: 'AccessDenied' } });
  });
});
