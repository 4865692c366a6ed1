/** Asynchronous invocation of one function, as FC queues it. Throws `CallError` and nothing else. */
export type TaskQueue = {
  /** `duplicate`: a task of this id was taken before, and FC does not run it again. */
  submit(task: Task, timeoutMs: number): Promise<'accepted' | 'duplicate'>;
  status(taskId: string, timeoutMs: number): Promise<TaskStatus>;
  /** Takes a task out of the queue. False where FC has no such operation (FC 2.0). */
  stop(taskId: string, timeoutMs: number): Promise<boolean>;
};

export type Task = {
  /** A letter first, then letters, digits, `_` and `-`; at most 128. */
  readonly taskId: string;
  /** 0 to 3600: FC delays no longer. */
  readonly delaySeconds: number;
  /** At most 128 KB. */
  readonly payload: string;
};

/** FC keeps a task for 7 days. `NotFound`: it has none of this id. `Untold`: FC 2.0 does not tell. */
export type TaskStatus = 'NotFound' | 'Untold' | TaskRecord;

export type TaskRecord = {
  readonly state: TaskState;
  /** Ms since the epoch; undefined where FC does not say. */
  readonly queuedAt: number | undefined;
  readonly startedAt: number | undefined;
  readonly endedAt: number | undefined;
  readonly payload: string | undefined;
};

/** https://help.aliyun.com/zh/functioncompute/fc/developer-reference/api-fc-2023-03-30-struct-asynctask */
export const TASK_STATES = [
  'Enqueued',
  'Dequeued',
  'Running',
  'Retrying',
  'Succeeded',
  'Failed',
  'Stopping',
  'Stopped',
  'Expired',
  'Invalid',
] as const;

export type TaskState = (typeof TASK_STATES)[number];

export const MAX_TASK_DELAY_SECONDS = 3_600;
