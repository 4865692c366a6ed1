import type { Services } from '../../shared/alibaba/connect.ts';
import type { Config } from '../../shared/config.ts';
import type { Context } from '../../shared/context.ts';
import type { Deadline } from '../../shared/deadline.ts';
import type { Log } from '../../shared/log.ts';

/** What one invocation works with. */
export type Invocation = {
  readonly config: Config;
  readonly context: Context;
  readonly log: Log;
  /** By then the answer is out. */
  readonly deadline: Deadline;
  readonly services: Services;
  /** Delays, for tests to shrink. */
  readonly tuning?: { readonly baseMs?: number } | undefined;
};
