import { iso, VALID_MS } from '../../shared/messages/times.ts';
import { recordOf } from '../../shared/record.ts';
import type { OwnTask } from './process-queue.ts';

/** What a message may be valid for after its detach, less an hour: for a longer wait it says a later time of the detach. */
const MOST_MS = 26 * 3_600_000;

/**
 * What an interrupted run has kept → what one that goes on with it does. One that ran when the last process ended, or failed
 * in it, has not done all of its work: it runs again, which restarts nothing twice. All move by as much as the first of them is
 * late, so that waves keep their distance, and their messages are valid for it.
 */
export function resume(kept: readonly OwnTask[], now: number): OwnTask[] {
  const isLeft = ({ state }: OwnTask) => state === 'Enqueued' || state === 'Running' || state === 'Failed';
  const waves = kept.filter((task) => isLeft(task) && task.of !== 'itself');
  const ahead = waves.filter(({ state }) => state !== 'Failed');
  const lateMs = Math.max(0, now - Math.min(...(ahead.length > 0 ? ahead : waves).map(({ dueAt }) => dueAt)));
  return kept.map((task) => {
    if (!isLeft(task)) return task;
    const left = { ...task, state: 'Enqueued' as const };
    if (task.of === 'itself' || lateMs === 0) return left;
    return { ...left, dueAt: task.dueAt + lateMs, payload: moved(task.payload, lateMs, now) };
  });
}

function moved(payload: string, lateMs: number, now: number): string {
  const message = recordOf(JSON.parse(payload));
  const timeOf = (name: string) => Date.parse(String(message[name]));
  const notAfter = Math.max(timeOf('NotAfter') + lateMs, now + VALID_MS);
  return JSON.stringify({
    ...message,
    NotAfter: iso(notAfter),
    DetachedAt: iso(Math.max(timeOf('DetachedAt'), Math.min(now, notAfter - MOST_MS))),
    ...(message['NotBefore'] !== undefined && { NotBefore: iso(timeOf('NotBefore') + lateMs) }),
  });
}
