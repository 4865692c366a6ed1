import type { Watch } from '../../../shared/messages/watch.ts';
import type { Reason, RebootOutcome } from '../outcome.ts';
import type { Seen } from './decide.ts';

/** Why a wave is not done: these instances of the waves before have not come back. */
export type Halt = { readonly notBack: readonly string[]; readonly message: string };

export function haltOf(notBack: readonly Seen[], { MaxErrors }: Watch, unread: Reason | undefined): Halt {
  const why = unread ? ` Some could not be read (${unread.code}: ${unread.message}).` : '';
  return {
    notBack: notBack.map(({ instanceId }) => instanceId),
    message: `Not restarted, the key still works on it: ${notBack.length} instances of the waves before have not come back, and ${MaxErrors} at most may (MaxErrors).${why} When they are mended, send the request again with DetachedSince.`,
  };
}

export function halted(instanceId: string, { message }: Halt): RebootOutcome {
  return { instanceId, action: 'Skipped.Halted', code: '200', message };
}

/** So many are named; the count is whole. */
const MOST_NAMED = 500;

/** What the answer of the wave that found the trouble says of it: those after it say nothing more. */
export function haltSection({ notBack, message }: Halt) {
  return { Halted: { Message: message, NotBackCount: String(notBack.length), NotBack: notBack.slice(0, MOST_NAMED) } };
}
