import type { Config } from '../../shared/config.ts';
import type { Context } from '../../shared/context.ts';
import type { Deadline } from '../../shared/deadline.ts';
import type { Ecs } from '../../shared/ecs.ts';
import type { Log } from '../../shared/log.ts';

/** What one invocation works with. */
export type Invocation = {
  readonly config: Config;
  readonly context: Context;
  readonly log: Log;
  /** By then the answer is out. */
  readonly deadline: Deadline;
  /** Clients for the region that a request is about. */
  readonly connect: (regionId: string) => Promise<{ readonly ecs: Ecs }>;
  /** Delays, for tests to shrink. */
  readonly tuning?: { readonly baseMs?: number } | undefined;
};
