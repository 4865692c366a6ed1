import type { Parameters } from '../ecs/parameters.ts';
import { isRecord } from '../http/rpc-answer.ts';
import { refusals } from './refusals.ts';

/** "The document must be 1 to 6,144 characters in length": CreatePolicy in the RAM API reference. */
const MOST_CHARACTERS = 6144;

/** The text of a policy, which has to be a JSON object with a version and statements. */
export function policyDocument(parameters: Parameters, name: string): string {
  const document = text(parameters, name, MOST_CHARACTERS);
  let parsed: unknown;
  try {
    parsed = JSON.parse(document);
  } catch {
    throw refusals.malformed();
  }
  if (!isRecord(parsed) || parsed['Version'] !== '1' || !Array.isArray(parsed['Statement'])) throw refusals.malformed();
  return document;
}

export function text(parameters: Parameters, name: string, most: number): string {
  const value = parameters.optional(name) ?? '';
  if (value.length > most) throw refusals.length(name);
  return value;
}
