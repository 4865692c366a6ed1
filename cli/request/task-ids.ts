import { isTaskId } from '../../shared/fc/task-id.ts';
import { isRecord, jsonOf } from '../../shared/record.ts';
import { WrongUse } from '../failure.ts';
import { readSource } from './scope.ts';

const EXAMPLE = `One looks like reboot-${'0f'.repeat(3)}…, as answers give them`;
const MOST_NAMED = 10;

/** Ids separated by commas, spaces or lines, `@FILE`, or `-` for stdin; a file may be a whole answer. */
export function readTaskIds(given: string): readonly string[] {
  const [source, content] = readSource(given, '--tasks');
  const json = jsonOf(content);
  const pieces = isRecord(json) ? taskIdsIn(json) : content.split(/[\s,"'[\]]+/).filter((piece) => piece !== '');
  const strange = pieces.filter((piece) => !isTaskId(piece));
  if (strange.length > 0) {
    const named = strange.slice(0, MOST_NAMED).map((piece) => `"${piece.slice(0, 40)}"`);
    throw new WrongUse(`In ${source} there is what is no task id: ${named.join(', ')}. ${EXAMPLE}`);
  }
  if (pieces.length === 0) throw new WrongUse(`There is no task id in ${source}. ${EXAMPLE}`);
  return [...new Set(pieces)];
}

/** Wherever they stand in an answer; not of those that were never queued. */
export function taskIdsIn(value: unknown): string[] {
  if (typeof value === 'string') return isTaskId(value) ? [value] : [];
  if (Array.isArray(value)) return value.flatMap(taskIdsIn);
  if (!isRecord(value) || value['Status'] === 'Failed') return [];
  return Object.values(value).flatMap(taskIdsIn);
}
