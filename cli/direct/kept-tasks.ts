import type { Store } from '../../portal/core/job-store.ts';
import type { OwnTask } from './process-queue.ts';

const KEY = 'tasks';

/** What a direct run owes, over interruptions: as it was kept, and how to keep it. Without a store it is kept nowhere. */
export function keptTasks(store: Store | undefined) {
  const text = store?.getItem(KEY) ?? null;
  const tasks: readonly OwnTask[] = text === null ? [] : JSON.parse(text);
  return { tasks, keep: (changed: readonly OwnTask[]) => store?.setItem(KEY, JSON.stringify(changed)) };
}
