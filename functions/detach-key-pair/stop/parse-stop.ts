import { isTaskId } from '../../../shared/fc/task-id.ts';
import { STOP_BATCH } from '../../../shared/messages/fields.ts';
import type { UnknownRecord } from '../../../shared/record.ts';
import { notTaken } from '../request/explain.ts';
import { isToken } from '../request/idempotency-key.ts';
import { invalid, type RequestError, shown } from '../request/request-error.ts';

/** So many malformed ids are named: more of a wrong list tells nothing new. */
const MAX_NAMED = 10;
const EXAMPLE = `Example: ["reboot-${'0f'.repeat(32)}"]`;

/** Whether these fields ask to take tasks out of the queue. */
export function asksToStop(fields: UnknownRecord): boolean {
  return Object.hasOwn(fields, 'StopTasks');
}

/** The distinct ids of the tasks. Throws `RequestError` naming what is wrong; by hand, since few requests need it. */
export function parseStop({ StopTasks, ClientToken = '-', ...others }: UnknownRecord): string[] {
  const [other] = Object.keys(others);
  if (other !== undefined) {
    throw invalid('StopTasks', `it stands alone in a request but for ClientToken: leave out ${shown(other)}`);
  }
  const given: readonly unknown[] = Array.isArray(StopTasks) ? StopTasks : [];
  if (given.length === 0) throw invalid('StopTasks', `it is no list of at least one task id. ${EXAMPLE}`);
  if (given.length > STOP_BATCH)
    throw invalid('StopTasks', `these are ${given.length} ids, and ${STOP_BATCH} are the most`);
  if (typeof ClientToken !== 'string' || !isToken(ClientToken)) {
    throw notTaken('ClientToken', ClientToken);
  }
  const ids = given.filter((id) => typeof id === 'string').filter(isTaskId);
  if (ids.length < given.length) throw notIds(given.filter((id) => typeof id !== 'string' || !isTaskId(id)));
  return [...new Set(ids)];
}

function notIds(bad: readonly unknown[]): RequestError {
  const named = bad.slice(0, MAX_NAMED).map((id) => shown(JSON.stringify(id)));
  const more = bad.length > MAX_NAMED ? ` and ${bad.length - MAX_NAMED} more` : '';
  return invalid('StopTasks', `${named.join(', ')}${more} is no id that an answer gives a task. ${EXAMPLE}`);
}
