import { environment } from '../../shared/config/config.ts';
import { createOnce } from '../../shared/config/guards.ts';
import { enter } from './invoke.ts';

const isFirst = createOnce();

/** Function Compute calls this with each message that detach-key-pair has queued, at least once. */
export async function handler(event: unknown, context: unknown): Promise<unknown> {
  return enter(event, context, { variables: environment(), isFirst });
}
