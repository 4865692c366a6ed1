import type { Services } from '../../../shared/alibaba/connect.ts';
import type { RebootMessage } from '../../../shared/messages/reboot-message.ts';
import type { Watch } from '../../../shared/messages/watch.ts';
import type { RetryOptions } from '../../../shared/retry/retry.ts';
import type { Reason } from '../outcome.ts';
import type { Times } from '../times.ts';
import { decide, type Facts, type Look, type Verdict } from './decide.ts';
import { type ReadGroups, readGroups } from './read-groups.ts';

export type Watched = {
  readonly verdict: Exclude<Verdict, { kind: 'read earlier' }>;
  /** Why some instances could not be read. */
  readonly unread: Reason | undefined;
};

type Options = {
  readonly services: Services;
  readonly seenIn: ReadGroups['seenIn'];
  readonly options: RetryOptions;
};

/** Looks at the wave before, and at those before it where they matter → whether this one begins. */
export async function watchWaves(watch: Watch, times: Times, { services, seenIn, options }: Options): Promise<Watched> {
  let unread: Reason | undefined;
  const onUnread = (reason: Reason) => {
    unread ??= reason;
  };
  const how = { services, ready: watch.Ready, seenIn, options, onUnread };
  const facts = factsOf(watch, times);
  let look: Look = { before: await readGroups(watch.Before, how), earlier: undefined };
  let verdict = decide(look, facts, Date.now());
  if (verdict.kind === 'read earlier') {
    const earlier = await readGroups(watch.Earlier, how);
    look = { ...look, earlier };
    verdict = decide(look, facts, Date.now());
  }
  if (verdict.kind === 'read earlier') throw new Error('the earlier waves have been read');
  return { verdict, unread };
}

function factsOf({ MaxErrors, HealthTimeoutSeconds, IsSecond, RestartedAt }: Watch, times: Times): Facts {
  return {
    maxErrors: MaxErrors,
    healthTimeoutMs: HealthTimeoutSeconds * 1_000,
    isSecond: IsSecond,
    dueAt: times.notBefore,
    notAfter: times.notAfter,
    restartedAt: RestartedAt === undefined ? undefined : Date.parse(RestartedAt),
  };
}

/** The message for the next run of a wave that waits. */
export function remembering(message: RebootMessage, watch: Watch, restartedAt: number | undefined): RebootMessage {
  if (restartedAt === undefined) return message;
  return { ...message, Watch: { ...watch, RestartedAt: new Date(restartedAt).toISOString() } };
}
