import { isRecord, jsonOf, recordOf } from '../../shared/record.ts';

/** The status that an answer would have had by HTTP, which a thrown one does not tell; undefined for a text that is none. */
export function thrownStatus(message: string): number | undefined {
  const answer = jsonOf(message);
  if (!isRecord(answer)) return undefined;
  const isAnswer = Array.isArray(recordOf(answer['Results'])['Result']) && answer['Code'] === undefined;
  if (isAnswer) return 200;
  return answer['Code'] === 'InternalError' ? 500 : 400;
}
