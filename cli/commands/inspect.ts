import { setTimeout as sleep } from 'node:timers/promises';
import { lookAt } from '../look.ts';
import { counted, itemsOf, tellCodes, tellItems, tellPlaces } from '../report.ts';
import { choiceOf, type RequestOptions, whereOf } from '../request.ts';
import { EXIT, type Terminal, UsageError } from '../terminal.ts';
import type { Send } from '../transport/transport.ts';

type Inspecting = { readonly send: Send; readonly terminal: Terminal };

/** What a detach would do, instance by instance → exit code. */
export async function dryRun(options: RequestOptions, { send, terminal }: Inspecting): Promise<number> {
  const mode = { DryRun: true, ...(options.online && { Online: true }) };
  const body = await lookAt(whereOf(options), choiceOf(options), mode, { send, terminal, label: 'Looked at' });
  terminal.err(`Dry run of ${counted(Number(body['TotalCount']), 'instance')}; nothing was changed:`);
  tellCodes(itemsOf(body), terminal);
  tellItems(itemsOf(body).filter(isFailed), terminal);
  tellPlaces(body, terminal);
  if (!terminal.isOutputForPeople) terminal.out(JSON.stringify(body));
  return isWhole(body) ? EXIT.done : EXIT.someFailed;
}

/** Between one look and the next: a restart takes a minute or so. */
const WATCH_MS = 15_000;

/** Whether the key pair is off and the instances have restarted → exit code; with `watch` again until it is decided. */
export async function verify(
  options: RequestOptions & { readonly watch?: boolean; readonly every?: number },
  { send, terminal }: Inspecting,
): Promise<number> {
  if (options.since === undefined) {
    throw new UsageError('--since is missing: when the key pair was detached, such as 2026-11-26T08:00:00Z');
  }
  const mode = { Verify: true, VerifySince: options.since };
  const [where, choice] = [whereOf(options), choiceOf(options)];
  for (;;) {
    const body = await lookAt(where, choice, mode, { send, terminal, label: 'Verified' });
    const items = itemsOf(body);
    terminal.err(`${new Date().toISOString()}  ${counted(items.length, 'instance')}:`);
    tellCodes(items, terminal);
    const isPending = items.some(({ Code }) => Code === 'Verify.RebootPending');
    if (options.watch && isPending) {
      await sleep(options.every === undefined ? WATCH_MS : options.every * 1_000);
      continue;
    }
    tellItems(items.filter(isFailed), terminal);
    tellPlaces(body, terminal);
    if (!terminal.isOutputForPeople) terminal.out(JSON.stringify(body));
    return isWhole(body) ? EXIT.done : EXIT.someFailed;
  }
}

function isFailed({ Success }: { readonly [name: string]: unknown }): boolean {
  return Success !== 'true';
}

/** A place that could not be read is no proof that nothing is there. */
function isWhole(body: { readonly [name: string]: unknown }): boolean {
  return body['FailCount'] === '0' && Number(body['PlaceFailCount'] ?? 0) === 0;
}
