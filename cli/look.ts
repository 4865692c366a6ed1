import { chunks } from '../shared/chunks.ts';
import type { UnknownRecord } from '../shared/record.ts';
import { progressOf } from './progress.ts';
import { itemsOf } from './report.ts';
import type { Choice, Where } from './request.ts';
import { RefusedError, type Terminal } from './terminal.ts';
import { parsedRecord } from './transport/parsed.ts';
import type { Send } from './transport/transport.ts';

/** Ids of one request that only looks: a hundred are described with each call of ECS. */
const REQUEST_SIZE = 1_000;

/** A dry run, or a verification, of any number of instances → one answer in the shape of ECS, all items listed. */
export async function lookAt(
  where: Where,
  choice: Choice,
  mode: object,
  { send, terminal, label }: { readonly send: Send; readonly terminal: Terminal; readonly label: string },
): Promise<UnknownRecord> {
  const base = { ...where, ...mode };
  if ('Filter' in choice) return ask(send, { ...base, ...choice });
  const parts = chunks(choice.InstanceIds, REQUEST_SIZE);
  const progress = parts.length > 1 ? progressOf(choice.InstanceIds.length, label, terminal) : undefined;
  const bodies: UnknownRecord[] = [];
  try {
    for (const InstanceIds of parts) {
      bodies.push(await ask(send, { ...base, InstanceIds }));
      progress?.update(bodies.length * REQUEST_SIZE);
    }
  } finally {
    progress?.stop();
  }
  const sum = (name: string) => String(bodies.reduce((total, body) => total + Number(body[name]), 0));
  const Result = bodies.flatMap(itemsOf);
  return { ...bodies[0], TotalCount: sum('TotalCount'), FailCount: sum('FailCount'), Results: { Result } };
}

/** Throws `RefusedError` with what the function, or what stands before it, says. */
async function ask(send: Send, fields: object): Promise<UnknownRecord> {
  const { status, text } = await send(fields);
  const body = parsedRecord(text);
  if (status === 200 && body['Results'] !== undefined) return body;
  throw new RefusedError(refusalText(status, body));
}

export function refusalText(status: number, { Code, Message, RequestId }: UnknownRecord): string {
  if (Code === undefined) return `the answer (status ${status}) is none of this application: is the address right?`;
  return `${Code}: ${Message}${RequestId === undefined ? '' : ` (request ${RequestId})`}`;
}
