/** Asynchronous invocation of one function, as FC queues it. Throws `CallError` and nothing else. */
export type TaskQueue = {
  /** `duplicate`: a task of this id was taken before, and FC does not run it again. */
  submit(task: Task, timeoutMs: number): Promise<'accepted' | 'duplicate'>;
};

export type Task = {
  /** A letter first, then letters, digits, `_` and `-`; at most 128. */
  readonly taskId: string;
  /** 0 to 3600. */
  readonly delaySeconds: number;
  /** At most 128 KB. */
  readonly payload: string;
};
