import { recordOf, type UnknownRecord } from '../../shared/record.ts';

/** The object that a text is as JSON; an empty one where it is none. */
export function parsedRecord(text: string): UnknownRecord {
  try {
    return recordOf(JSON.parse(text));
  } catch {
    return {};
  }
}
