import { isTaskId } from '../../../shared/fc/task-id.ts';
import type { UnknownRecord } from '../../../shared/record.ts';
import { invalid, type RequestError, shown } from '../request/request-error.ts';
import { isStopRequest } from './stop-request.validator.ts';

/** Ids are named so far; from the rest of a wrong list nobody learns more. */
const MAX_NAMED = 10;
const MAX_TASKS = 1_000;
const EXAMPLE = `Example: ["reboot-${'0f'.repeat(32)}"]`;

/** Whether these fields ask to take tasks out of the queue. */
export function asksToStop(fields: UnknownRecord): boolean {
  return Object.hasOwn(fields, 'StopTasks');
}

/** The distinct ids of the tasks. Throws `RequestError` naming what is wrong. */
export function parseStop(fields: UnknownRecord): string[] {
  if (!isStopRequest(fields)) throw explain(fields);
  return [...new Set(fields.StopTasks)];
}

function explain({ StopTasks, ClientToken, ...others }: UnknownRecord): RequestError {
  const [other] = Object.keys(others);
  if (other !== undefined) {
    return invalid('StopTasks', `it stands alone in a request but for ClientToken: leave out ${shown(other)}`);
  }
  const ids: readonly unknown[] = Array.isArray(StopTasks) ? StopTasks : [];
  if (ids.length === 0) return invalid('StopTasks', `it is no list of at least one task id. ${EXAMPLE}`);
  if (ids.length > MAX_TASKS) return invalid('StopTasks', `these are ${ids.length} ids, and ${MAX_TASKS} are the most`);
  const bad = ids.filter((id) => typeof id !== 'string' || !isTaskId(id));
  if (bad.length === 0) return invalid('ClientToken', 'it is not a text of 1 to 64 printable ASCII characters');
  const named = bad.slice(0, MAX_NAMED).map((id) => shown(JSON.stringify(id)));
  const more = bad.length > MAX_NAMED ? ` and ${bad.length - MAX_NAMED} more` : '';
  return invalid('StopTasks', `${named.join(', ')}${more} is no id that an answer gives a task. ${EXAMPLE}`);
}
