import type { QueueOf } from '../../shared/alibaba/connect.ts';
import type { TaskQueue, TaskRecord } from '../../shared/fc/task-queue.ts';
import { resume } from './resume.ts';

/** A task as it is kept: over interruptions too, for what has not been run is owed. */
export type OwnTask = {
  readonly id: string;
  readonly of: QueueOf;
  readonly payload: string;
  readonly queuedAt: number;
  readonly dueAt: number;
  readonly state: TaskRecord['state'];
  readonly startedAt?: number;
};

/** A machine that was asleep does not wake up for a timer: it looks at the clock again. */
const LONGEST_SLEEP_MS = 30_000;

/** Runs a message as Function Compute would; throws what a failed invocation throws. */
export type RunTask = (task: OwnTask) => Promise<unknown>;

export type ProcessQueue = {
  of(of: QueueOf): TaskQueue;
  tasks(): readonly OwnTask[];
  /**
   * Runs what is due, and waits for what is not, until nothing is left. Begun when no request is under way: the completion
   * of one waits for nothing then.
   */
  drain(run: RunTask, told: (task: OwnTask, error: unknown) => void): Promise<void>;
};

/**
 * Function Compute's queue of asynchronous tasks within this process: an id is taken once, a task waits until it is due,
 * and one that waits can be stopped. `keep` is called with every change before anything else happens.
 */
export function processQueue(
  kept: readonly OwnTask[],
  keep: (tasks: readonly OwnTask[]) => void,
  { now = Date.now, sleep = wait }: { now?: () => number; sleep?: (ms: number) => Promise<void> } = {},
): ProcessQueue {
  const tasks = new Map(resume(kept, now()).map((task) => [task.id, task]));
  const set = (task: OwnTask) => {
    tasks.set(task.id, task);
    keep([...tasks.values()]);
  };
  const waiting = () => [...tasks.values()].filter(({ state }) => state === 'Enqueued');

  return {
    tasks: () => [...tasks.values()],
    of: (of) => ({
      async submit({ taskId: id, delaySeconds, payload }) {
        if (tasks.has(id)) return 'duplicate';
        const queuedAt = now();
        set({ id, of, payload, queuedAt, dueAt: queuedAt + delaySeconds * 1_000, state: 'Enqueued' });
        return 'accepted';
      },
      async status(id) {
        const task = tasks.get(id);
        if (!task) return 'NotFound';
        const { state, queuedAt, startedAt, payload } = task;
        return { state, queuedAt, startedAt, endedAt: undefined, payload };
      },
      async stop(id) {
        const task = tasks.get(id);
        if (task?.state === 'Enqueued') set({ ...task, state: 'Stopped' });
        return true;
      },
    }),
    async drain(run, told) {
      for (let [next] = byTime(waiting()); next; [next] = byTime(waiting())) {
        const waitMs = next.of === 'itself' ? 0 : next.dueAt - now();
        if (waitMs > 0) await sleep(Math.min(waitMs, LONGEST_SLEEP_MS));
        if (waitMs > LONGEST_SLEEP_MS) continue;
        const begun: OwnTask = { ...next, state: 'Running', startedAt: now() };
        set(begun);
        const error = await run(begun).then(
          () => undefined,
          (thrown: unknown) => thrown,
        );
        set({ ...begun, state: error === undefined ? 'Succeeded' : 'Failed' });
        told(begun, error);
      }
    },
  };
}

function byTime(tasks: readonly OwnTask[]): readonly OwnTask[] {
  const due = ({ of, dueAt }: OwnTask) => (of === 'itself' ? 0 : dueAt);
  return [...tasks].sort((a, b) => due(a) - due(b));
}

function wait(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
