import type { UnknownRecord } from '../../../shared/record.ts';
import type { Answer } from '../answer/answer.ts';
import type { Caller } from '../caller.ts';
import type { Invocation } from '../invocation.ts';

/** Whether these fields ask to take tasks out of the queue. */
export function asksToStop(fields: UnknownRecord): boolean {
  return Object.hasOwn(fields, 'StopTasks');
}

/** Such fields → what became of the tasks. Throws `RequestError` naming what is wrong. */
export async function stop(fields: UnknownRecord, caller: Caller, invocation: Invocation): Promise<Answer> {
  const { stopTasks } = await import('./stop-tasks.ts');
  return stopTasks(fields, caller, invocation);
}
